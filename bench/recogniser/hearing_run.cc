#include "bench/recogniser/hearing_run.h"

#include <algorithm>
#include <list>
#include <memory>
#include <span>
#include <stdexcept>
#include <utility>

#include "worker/providers/asr/pocketsphinx_asr.h"
#include "worker/providers/llm/intent_grammar.h"

namespace earshot::bench {

namespace {

using worker::AsrStream;

constexpr std::size_t kPacketSamples = 960;  // 60 ms, as they come from a device

worker::PocketSphinxConfig spoken_commands(int decoders) {
  const worker::IntentGrammar grammar = worker::intent_grammar();
  worker::PocketSphinxConfig config;
  config.grammar_jsgf = grammar.jsgf;
  for (const auto& word : grammar.pronunciations)
    config.extra_words.push_back({.word = word.word, .phones = word.phones});
  config.decoders = decoders;
  return config;
}

class HearingRun {
 public:
  HearingRun(const HearingPlan& plan, const std::function<void(std::size_t)>& progress)
      : config_(spoken_commands(plan.decoders)),
        most_under_way_(2 * static_cast<std::size_t>(plan.decoders)),
        progress_(progress),
        pool_(static_cast<std::size_t>(plan.decoders)) {
    auto made = worker::make_pocketsphinx_asr(config_, pool_);
    if (!made) throw std::runtime_error(made.error().message);
    asr_ = std::move(*made);
  }
  ~HearingRun() {
    streams_.clear();
    asr_.reset();
    pool_.join();
  }
  HearingRun(const HearingRun&) = delete;
  HearingRun& operator=(const HearingRun&) = delete;

  void hear(Hearing about, const Pcm& pcm) {
    while (under_way_ >= most_under_way_) io_.run_one();
    ++under_way_;
    const auto at = streams_.emplace(streams_.end());
    worker::AsrCallbacks callbacks;
    callbacks.on_final = [this, at, about = std::move(about)](Result<worker::Transcript> heard) mutable {
      done(std::move(about), heard);
      asio::post(io_, [this, at] { streams_.erase(at); });  // it is inside its own callback
    };
    *at = asr_->open({}, io_.get_executor(), std::move(callbacks));
    for (std::size_t from = 0; from < pcm.samples.size(); from += kPacketSamples) {
      (*at)->write(std::span(pcm.samples).subspan(from, std::min(kPacketSamples, pcm.samples.size() - from)));
    }
    (*at)->finish();
  }

  Tally finish() {
    while (under_way_ > 0) io_.run_one();
    return std::move(tally_);
  }

 private:
  void done(Hearing about, const Result<worker::Transcript>& heard) {
    --under_way_;
    if (!heard) throw std::runtime_error("the recogniser failed: " + heard.error().message);
    about.verdict = judge(about.sentence, *heard, matcher_);
    about.margin = heard->confidence - config_.rejection_threshold;
    tally_.add(std::move(about));
    progress_(++heard_);
  }

  const worker::PocketSphinxConfig config_;
  const std::size_t most_under_way_;
  const std::function<void(std::size_t)>& progress_;
  worker::IntentMatcher matcher_;
  Tally tally_;
  std::size_t under_way_ = 0;
  std::size_t heard_ = 0;
  asio::thread_pool pool_;  // before what may still hold an utterance, which has a strand of it
  std::unique_ptr<worker::AsrProvider> asr_;
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  std::list<std::unique_ptr<AsrStream>> streams_;
};

}  // namespace

std::size_t HearingPlan::utterances() const {
  std::size_t variants = 0;
  for (const NamedRoom& room : rooms) variants += room.variants.size();
  return sentences.size() * speakers.size() * variants;
}

Tally run_hearing(const HearingPlan& plan, const std::function<void(std::size_t)>& progress) {
  HearingRun run(plan, progress);
  for (const std::string& sentence : plan.sentences) {
    for (const fakes::Speaker speaker : plan.speakers) {
      const Pcm voice = fakes::say(speaker, sentence);
      for (const NamedRoom& room : plan.rooms) {
        for (const fakes::Room& variant : room.variants) {
          run.hear({.sentence = sentence, .voice = std::string(name(speaker)), .room = room.name},
                   fakes::heard_through_device(voice, variant));
        }
      }
    }
  }
  return run.finish();
}

}  // namespace earshot::bench
