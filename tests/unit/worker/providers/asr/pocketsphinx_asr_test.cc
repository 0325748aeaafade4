// The real engine, hearing synthetic speakers through a device's encoder.
#include "worker/providers/asr/pocketsphinx_asr.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <random>

#include "tests/fakes/speech_maker.h"

namespace earshot::worker {
namespace {

using fakes::heard_through_device;
using fakes::Room;
using fakes::say;
using fakes::Speaker;
using testing::HasSubstr;

constexpr const char* kGrammar = R"(#JSGF V1.0;
grammar test;
public <command> = (<volume> | <screen> | <status> | <clock>) [please] | <talk>;
<volume> = set the volume to <number> [percent] | volume (up | down) | turn (up | down) the volume
         | (mute | unmute) the speaker | make it (louder | quieter);
<screen> = set the brightness to <number> [percent] | (switch | change) to [the] (dark | light) (theme | mode);
<status> = what is the battery level | network status;
<clock> = what time is it | what is the date [today];
<talk> = hello there | good morning | what can you do | stop talking | good bye;
<number> = ten | twenty | thirty | forty | fifty | sixty | seventy | eighty | ninety;
)";

PocketSphinxConfig test_config(int decoders = 2) {
  PocketSphinxConfig config;
  config.grammar_jsgf = kGrammar;
  config.extra_words = {{.word = "unmute", .phones = "AH N M Y UW T"}};
  config.decoders = decoders;
  return config;
}

class PocketSphinxAsrTest : public testing::Test {
 protected:
  ~PocketSphinxAsrTest() override { pool_.join(); }

  void load(const PocketSphinxConfig& config) { asr_ = make_pocketsphinx_asr(config, pool_).value(); }

  struct Utterance {
    std::unique_ptr<AsrStream> stream;
    std::optional<Result<Transcript>> verdict;
    int verdicts = 0;
  };
  std::unique_ptr<Utterance> open() {
    auto utterance = std::make_unique<Utterance>();
    AsrCallbacks callbacks;
    callbacks.on_final = [at = utterance.get()](Result<Transcript> verdict) {
      at->verdict = std::move(verdict);
      ++at->verdicts;
    };
    utterance->stream = asr_->open({}, io_.get_executor(), std::move(callbacks));
    return utterance;
  }
  static void write(Utterance& utterance, const Pcm& pcm, std::size_t cut = 960) {
    for (std::size_t at = 0; at < pcm.samples.size(); at += cut) {
      utterance.stream->write(std::span(pcm.samples).subspan(at, std::min(cut, pcm.samples.size() - at)));
    }
  }
  template <class Condition>
  bool await(Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition() && std::chrono::steady_clock::now() < deadline) io_.run_one_until(deadline);
    return condition();
  }
  Transcript recognise(const Pcm& pcm, std::size_t cut = 960) {
    auto utterance = open();
    write(*utterance, pcm, cut);
    utterance->stream->finish();
    EXPECT_TRUE(await([&] { return utterance->verdict.has_value(); }));
    return utterance->verdict->value();
  }

  asio::io_context io_;
  // Without it the context would stop for good when it has nothing to do for a moment.
  asio::executor_work_guard<asio::io_context::executor_type> work_ = asio::make_work_guard(io_);
  asio::thread_pool pool_{2};
  std::unique_ptr<AsrProvider> asr_;
};

// Each of these, in each of these voices and rooms, lies 18 or more above the threshold of refusal;
// "switch to the dark theme" lies 1 below it, spoken by espeak.
const std::vector<std::string> kCommands = {
    "set the volume to seventy percent",
    "volume up",
    "turn down the volume",
    "mute the speaker",
    "unmute the speaker",
    "make it louder",
    "set the brightness to thirty",
    "change to the dark theme",
    "network status",
    "what is the battery level",
    "what time is it",
    "what is the date today",
    "what can you do",
    "good morning",
};
constexpr std::array kTestSpeakers = {Speaker::kSlt, Speaker::kRms, Speaker::kEspeakUs};

TEST_F(PocketSphinxAsrTest, UnderstandsCommandsInThreeVoices) {
  load(test_config());
  for (const std::string& command : kCommands) {
    for (const Speaker speaker : kTestSpeakers) {
      EXPECT_EQ(recognise(heard_through_device(say(speaker, command))).text, command) << name(speaker);
    }
  }
}

TEST_F(PocketSphinxAsrTest, HearsThroughNoiseAndFromFarAway) {
  load(test_config());
  for (const std::string& command : kCommands) {
    const Pcm noisy = heard_through_device(say(Speaker::kEspeakUs, command), {.noise_rms = 300});
    const Pcm quiet = heard_through_device(say(Speaker::kEspeakUs, command), {.gain = 0.1, .noise_rms = 1});
    EXPECT_EQ(recognise(noisy).text, command) << "in noise";
    EXPECT_EQ(recognise(quiet).text, command) << "from far away";
  }
}

TEST_F(PocketSphinxAsrTest, RefusesOtherSpeech) {
  load(test_config());
  const std::vector<std::string> sentences = {
      "the weather in london is rather cold tonight",
      "my brother bought a new bicycle yesterday",
      "please order two large pizzas with cheese",
      "the volume of this box is fifty liters",
      "the brightness of the sun hurts my eyes",
      "he told me that the battery of his car is dead",
      "play some jazz music in the kitchen",
      "mathematics was never my favorite subject",
      "banana",
      "telephone",
  };
  int accepted = 0;
  for (const std::string& sentence : sentences) {
    for (const Speaker speaker : kTestSpeakers) {
      const Transcript transcript = recognise(heard_through_device(say(speaker, sentence)));
      accepted += transcript.understood;
      EXPECT_EQ(transcript.understood, !transcript.text.empty());
    }
  }
  EXPECT_LE(accepted, 4) << "of 30";
}

TEST_F(PocketSphinxAsrTest, RefusesNoise) {
  load(test_config());
  for (const unsigned seed : {1U, 2U, 3U}) {
    const Pcm silence{.samples = std::vector<std::int16_t>(16000, 0), .sample_rate_hz = 16000};
    EXPECT_FALSE(recognise(heard_through_device(silence, {.noise_rms = 2000, .seed = seed})).understood);
  }
}

TEST_F(PocketSphinxAsrTest, RefusesAnUtteranceWithoutAudio) {
  load(test_config());
  EXPECT_FALSE(recognise({}).understood);
  EXPECT_FALSE(recognise({.samples = {1, 2, 3}, .sample_rate_hz = 16000}).understood);
}

TEST_F(PocketSphinxAsrTest, JudgesEachUtteranceForItself) {
  load(test_config(1));
  const Pcm command = heard_through_device(say(Speaker::kSlt, "what time is it"));
  const double before = recognise(command).confidence;
  recognise(heard_through_device(say(Speaker::kEspeakUs, "volume up"), {.noise_rms = 1000}));
  // The library keeps the best densities of the last frame, worth 0.05; commands lie 40 above the threshold.
  EXPECT_NEAR(recognise(command).confidence, before, 0.5);
}

TEST_F(PocketSphinxAsrTest, DoesNotMindHowTheAudioWasCut) {
  const Pcm command = heard_through_device(say(Speaker::kSlt, "what is the battery level"));
  std::vector<double> scores;
  for (const std::size_t cut : {std::size_t{960}, std::size_t{731}, command.samples.size()}) {
    load(test_config(1));
    scores.push_back(recognise(command, cut).confidence);
  }
  EXPECT_THAT(scores, testing::Each(testing::DoubleEq(scores.front())));
}

TEST_F(PocketSphinxAsrTest, KeepsTheAudioOfThoseWhoWaitForADecoder) {
  load(test_config(1));
  const Pcm first = heard_through_device(say(Speaker::kSlt, "volume up"));
  const Pcm second = heard_through_device(say(Speaker::kSlt, "what time is it"));
  auto one = open();
  auto two = open();
  write(*one, first);
  write(*two, second);
  two->stream->finish();
  one->stream->finish();
  ASSERT_TRUE(await([&] { return one->verdict && two->verdict; }));
  EXPECT_EQ(one->verdict->value().text, "volume up");
  EXPECT_EQ(two->verdict->value().text, "what time is it");
}

TEST_F(PocketSphinxAsrTest, SaysNothingAfterCancelAndLendsTheDecoderOn) {
  load(test_config(1));
  const Pcm command = heard_through_device(say(Speaker::kSlt, "volume up"));
  auto cancelled = open();
  auto dropped = open();
  write(*cancelled, command);
  write(*dropped, command);
  cancelled->stream->finish();
  cancelled->stream->cancel();
  dropped->stream.reset();
  EXPECT_EQ(recognise(command).text, "volume up");
  EXPECT_EQ(cancelled->verdicts, 0);
  EXPECT_EQ(dropped->verdicts, 0);
}

TEST_F(PocketSphinxAsrTest, AnswersOnceHoweverOftenItIsFinished) {
  load(test_config());
  auto utterance = open();
  write(*utterance, heard_through_device(say(Speaker::kSlt, "volume up")));
  utterance->stream->finish();
  utterance->stream->finish();
  utterance->stream->write(std::vector<std::int16_t>(960, 5000));
  ASSERT_TRUE(await([&] { return utterance->verdict.has_value(); }));
  utterance->stream->finish();
  EXPECT_EQ(recognise({}).understood, false);  // by now a second answer would have come
  EXPECT_EQ(utterance->verdicts, 1);
}

TEST_F(PocketSphinxAsrTest, LetsTheCallbackDestroyTheStream) {
  load(test_config());
  std::unique_ptr<AsrStream> stream;
  bool answered = false;
  AsrCallbacks callbacks;
  callbacks.on_final = [&](Result<Transcript>) {
    stream.reset();
    answered = true;
  };
  stream = asr_->open({}, io_.get_executor(), std::move(callbacks));
  stream->finish();
  EXPECT_TRUE(await([&] { return answered; }));
}

TEST_F(PocketSphinxAsrTest, DoesNotHearBeyondTheLongestUtterance) {
  auto config = test_config();
  config.max_utterance = Milliseconds(1000);
  load(config);
  Pcm late{.samples = std::vector<std::int16_t>(16000, 0), .sample_rate_hz = 16000};
  const Pcm command = heard_through_device(say(Speaker::kSlt, "what time is it"));
  late.samples.insert(late.samples.end(), command.samples.begin(), command.samples.end());
  EXPECT_FALSE(recognise(late).understood);
}

TEST_F(PocketSphinxAsrTest, ServesStreamsThatOutliveTheProvider) {
  load(test_config());
  auto utterance = open();
  asr_.reset();
  write(*utterance, heard_through_device(say(Speaker::kSlt, "volume up")));
  utterance->stream->finish();
  ASSERT_TRUE(await([&] { return utterance->verdict.has_value(); }));
  EXPECT_EQ(utterance->verdict->value().text, "volume up");
}

TEST_F(PocketSphinxAsrTest, NamesTheWordsThatItCannotPronounce) {
  auto config = test_config();
  config.grammar_jsgf = "#JSGF V1.0;\ngrammar g;\npublic <c> = volume | earshotify | unmute | xqzzy;\n";
  config.extra_words.clear();
  const auto asr = make_pocketsphinx_asr(config, pool_);
  ASSERT_FALSE(asr.ok());
  EXPECT_EQ(asr.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(asr.error().message, HasSubstr("'earshotify', 'unmute', 'xqzzy'"));
}

TEST_F(PocketSphinxAsrTest, RefusesPhonesThatTheModelHasNot) {
  auto config = test_config();
  config.extra_words = {{.word = "unmute", .phones = "AH QQ"}};
  const auto asr = make_pocketsphinx_asr(config, pool_);
  ASSERT_FALSE(asr.ok());
  EXPECT_THAT(asr.error().message, HasSubstr("unmute"));
}

TEST_F(PocketSphinxAsrTest, RefusesAFaultyGrammar) {
  for (const char* grammar : {"", "no grammar", "#JSGF V1.0;\ngrammar g;\n<c> = volume;\n"}) {
    auto config = test_config();
    config.grammar_jsgf = grammar;
    EXPECT_FALSE(make_pocketsphinx_asr(config, pool_).ok()) << grammar;
  }
}

TEST_F(PocketSphinxAsrTest, NamesARuleThatTheGrammarDoesNotDefine) {
  auto config = test_config();
  config.grammar_jsgf = "#JSGF V1.0;\ngrammar g;\npublic <c> = volume <up> | <nowhere>;\n<up>\n = louder;\n";
  const auto asr = make_pocketsphinx_asr(config, pool_);
  ASSERT_FALSE(asr.ok());
  EXPECT_EQ(asr.error().code, ErrorCode::kInvalid);
  EXPECT_THAT(asr.error().message, HasSubstr("<nowhere>"));
}

TEST_F(PocketSphinxAsrTest, SaysWhenTheModelIsMissing) {
  auto config = test_config();
  config.model_dir = "/nonexistent";
  const auto asr = make_pocketsphinx_asr(config, pool_);
  ASSERT_FALSE(asr.ok());
  EXPECT_EQ(asr.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(asr.error().message, HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace earshot::worker
