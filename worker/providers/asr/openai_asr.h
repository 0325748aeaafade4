// Speech to text by OpenAI's transcription API and its clones (Groq, local servers): the whole utterance as
// one WAV file; provider-protocol 3.1. There are no interim results, so a pause of the user is used to ask
// early.
#pragma once

#include <memory>
#include <string>

#include "common/base/secret.h"
#include "common/config/config_reader.h"
#include "worker/providers/provider_context.h"
#include "worker/stages/asr.h"

namespace earshot::worker {

struct OpenaiAsrSettings {
  std::string url = "https://api.openai.com/v1/audio/transcriptions";
  Secret api_key;  // empty: none is sent (local servers)
  std::string model = "gpt-4o-mini-transcribe";
  std::string language;                // "auto": the model decides; empty: the conversation's
  std::string prompt;                  // names and terms to expect
  Milliseconds min_utterance{300};     // what is shorter is silence: these models invent words for it
  Milliseconds max_utterance{120000};  // what is said later is not heard; the service takes 25 MB
  int early_requests = 2;  // made in pauses of one utterance, on what was said so far; each is paid for
  HttpDeadlines deadlines{.connect = Milliseconds(3000),
                          .first_byte = Milliseconds(15000),
                          .stall = Milliseconds(15000),
                          .total = Milliseconds(30000)};
};

OpenaiAsrSettings read_openai_asr(ConfigSection& section);
Result<std::unique_ptr<AsrProvider>> make_openai_asr(const OpenaiAsrSettings& settings,
                                                     const ProviderContext& context);

// The text in the body of a good answer.
// Errors: kInvalid (a web page, or another format), kUnavailable
// (an error object in spite of the status). Pure.
Result<std::string> parse_transcription(std::string_view body);

}  // namespace earshot::worker
