#include "bench/turn/provider_fakes.h"

namespace earshot::bench {

namespace {

fakes::LlmReply reply(const std::string&) {
  return {.tokens = {"It", " is", " ten", " past", " three", ".", " Have", " a", " nice", " day", "."},
          .calls = {}};
}

}  // namespace

ProviderFakes::ProviderFakes(ProviderLatencies latencies)
    : asr_(fakes::make_funasr_fake()),
      llm_(reply, {.first_token = latencies.first_token, .token = fakes::Delay(0)}),
      tts_("/v1/audio/speech") {
  fakes::AsrPlay play;
  play.segments = {"what time is it"};
  play.final_delay = latencies.transcript;
  asr_->set_play(play);
  tts_.answer_with("audio/pcm", fakes::pcm_tone(24000, latencies.speech));
  fakes::SpeechPlan plan;
  plan.first_byte = latencies.first_audio;
  plan.length = latencies.speech;
  plan.piece_bytes = 4800;
  tts_.plan(plan);
}

std::string ProviderFakes::worker_yaml() const {
  return "asr:\n  selected: fake\n  providers: { fake: { type: funasr, dialect: cpp-2pass, url: \"" +
         asr_->server().url() +
         "\" } }\nllm:\n  selected: fake\n  providers: { fake: { type: openai, model_name: m, base_url: \"" +
         llm_.base_url() + "\" } }\ntts:\n  selected: fake\n  providers: { fake: { type: openai, url: \"" +
         tts_.url() + "\" } }\n";
}

}  // namespace earshot::bench
