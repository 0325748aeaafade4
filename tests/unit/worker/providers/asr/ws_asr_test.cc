// The four recognisers behind a WebSocket against services that play each order of frames and each fault.
#include <gmock/gmock.h>

#include "tests/fakes/providers/asr_fakes.h"
#include "tests/unit/worker/providers/asr/recogniser_test.h"
#include "worker/providers/asr/asr_factory.h"

namespace earshot::worker {
namespace {

using fakes::AsrFault;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::size_t kOneSecondBytes = 32000;

WsAsrTimeouts short_timeouts() {
  return {.connect = Milliseconds(2000), .start = Milliseconds(300), .final = Milliseconds(500)};
}

struct Service {
  const char* name;
  std::unique_ptr<fakes::AsrFake> (*fake)();
  AsrSettings (*settings)(const std::string& url);
};

const Service kServices[] = {
    {"funasr", fakes::make_funasr_fake,
     [](const std::string& url) -> AsrSettings {
       FunasrSettings s;
       s.url = url;
       s.timeouts = short_timeouts();
       return s;
     }},
    {"dashscope", fakes::make_dashscope_asr_fake,
     [](const std::string& url) -> AsrSettings {
       DashscopeAsrSettings s;
       s.url = url;
       s.api_key = Secret("sk-secret");
       s.timeouts = short_timeouts();
       return s;
     }},
    {"doubao", fakes::make_doubao_asr_fake,
     [](const std::string& url) -> AsrSettings {
       DoubaoAsrSettings s;
       s.url = url;
       s.app_id = "app";
       s.access_token = Secret("sk-secret");
       s.timeouts = short_timeouts();
       return s;
     }},
    {"deepgram", fakes::make_deepgram_fake,
     [](const std::string& url) -> AsrSettings {
       DeepgramSettings s;
       s.url = url;
       s.api_key = Secret("sk-secret");
       s.timeouts = short_timeouts();
       return s;
     }},
};

class WsAsrTest : public RecogniserTest, public testing::WithParamInterface<std::size_t> {
 protected:
  Heard hear_with(AsrFault fault) {
    fake_->set_play({.fault = fault});
    return hear(*provider_);
  }
  void expect_error(AsrFault fault, ErrorCode code) {
    const Heard heard = hear_with(fault);
    ASSERT_TRUE(heard.final.has_value());
    ASSERT_FALSE(heard.final->ok());
    EXPECT_EQ(heard.final->error().code, code) << heard.final->error().message;
    EXPECT_THAT(heard.final->error().message, Not(HasSubstr("secret")));
  }
  bool is(const char* name) const { return std::string(kServices[GetParam()].name) == name; }

  std::unique_ptr<fakes::AsrFake> fake_ = kServices[GetParam()].fake();
  std::unique_ptr<AsrProvider> provider_ =
      make_asr(kServices[GetParam()].settings(fake_->server().url()), context_).value();
};

TEST_P(WsAsrTest, HearsAnUtteranceWithAllItsAudioAfterTheStart) {
  const Heard heard = hear_with(AsrFault::kNone);
  ASSERT_TRUE(heard.final->ok()) << heard.final->error().message;
  EXPECT_EQ((*heard.final)->text, "what time is it");
  EXPECT_TRUE((*heard.final)->understood);
  EXPECT_FALSE(heard.interim.empty());
  EXPECT_EQ(fake_->record().audio_bytes(), kOneSecondBytes);
  EXPECT_EQ(fake_->record().early_audio(), 0);
}

TEST_P(WsAsrTest, InterimTextsHoldTheUtteranceSoFar) {
  const Heard heard = hear_with(AsrFault::kNone);
  ASSERT_THAT(heard.interim, Not(IsEmpty()));
  std::string before;
  for (const std::string& text : heard.interim) {
    EXPECT_TRUE(std::string("what time is it").starts_with(text)) << text;
    EXPECT_GT(text.size(), before.size());
    before = text;
  }
}

TEST_P(WsAsrTest, SilenceIsAnEmptyTranscript) {
  fake_->set_play({.segments = {}});
  const Heard heard = hear(*provider_);
  ASSERT_TRUE(heard.final->ok()) << heard.final->error().message;
  EXPECT_EQ((*heard.final)->text, "");
}

TEST_P(WsAsrTest, ALateFinalIsWaitedForWithinItsTime) {
  fake_->set_play({.final_delay = fakes::Delay(150)});
  const Heard heard = hear(*provider_);
  ASSERT_TRUE(heard.final->ok()) << heard.final->error().message;
  EXPECT_EQ((*heard.final)->text, "what time is it");
}

TEST_P(WsAsrTest, AWrongKeyIsNamed) {
  const Heard heard = hear_with(AsrFault::kRefuses401);
  ASSERT_FALSE(heard.final->ok());
  EXPECT_EQ(heard.final->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(heard.final->error().message, HasSubstr("check the key"));
  EXPECT_THAT(heard.final->error().message, Not(HasSubstr("secret")));
}

TEST_P(WsAsrTest, EveryFaultEndsInANamedError) {
  expect_error(AsrFault::kNeverStarts, ErrorCode::kTimeout);
  expect_error(AsrFault::kResets, ErrorCode::kUnavailable);
  expect_error(AsrFault::kGarbage, ErrorCode::kInvalid);
  expect_error(AsrFault::kTaskFails,
               is("funasr") || is("doubao") ? ErrorCode::kInvalid : ErrorCode::kUnavailable);
}

TEST_P(WsAsrTest, AServiceThatDoesNotEndGivesWhatItDecidedOrATimeout) {
  const Heard heard = hear_with(AsrFault::kStallsAtEnd);
  if (is("funasr")) {
    EXPECT_TRUE(heard.final->ok());
  } else {
    ASSERT_FALSE(heard.final->ok());
    EXPECT_EQ(heard.final->error().code, ErrorCode::kTimeout);
  }
}

TEST_P(WsAsrTest, ACloseInsteadOfTheEndCountsWhereTheServiceMayDoSo) {
  const Heard heard = hear_with(AsrFault::kClosesAtEnd);
  EXPECT_EQ(heard.final->ok(), is("funasr") || is("deepgram"));
}

TEST_P(WsAsrTest, RepeatedAndStaleFramesChangeNothing) {
  for (const auto fault : {AsrFault::kRepeatsSegment, AsrFault::kStaleFrames}) {
    const Heard heard = hear_with(fault);
    ASSERT_TRUE(heard.final->ok()) << heard.final->error().message;
    EXPECT_EQ((*heard.final)->text, "what time is it");
  }
}

TEST_P(WsAsrTest, OnlyServicesThatAllowItKeepTheirConnection) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(hear_with(AsrFault::kNone).final->ok());
  EXPECT_EQ(fake_->server().upgrades().size(), is("funasr") || is("dashscope") ? 1U : 3U);
}

TEST_P(WsAsrTest, NothingIsCalledAfterCancelOrDestruction) {
  Heard heard;
  auto stream = open(*provider_, heard);
  stream->write(std::vector<std::int16_t>(16000, 1000));
  run_until([&] { return !heard.interim.empty(); });
  const auto before = heard.interim.size();
  stream->finish();
  stream->cancel();
  auto second = open(*provider_, heard);
  second->finish();
  second.reset();
  io_.run_for(Milliseconds(100));
  EXPECT_EQ(heard.interim.size(), before);
  EXPECT_EQ(heard.finals, 0);
}

TEST_P(WsAsrTest, AFailureWhileTheUserSpeaksIsToldAtTheEnd) {
  fake_->set_play({.fault = AsrFault::kResets});
  Heard heard;
  const auto stream = open(*provider_, heard);
  stream->write(std::vector<std::int16_t>(16000, 1000));
  run_until([&] { return fake_->record().audio_bytes() > 0; });
  io_.run_for(Milliseconds(50));
  EXPECT_EQ(heard.finals, 0);
  stream->finish();
  run_until([&] { return heard.finals == 1; });
  EXPECT_FALSE(heard.final->ok());
}

TEST_P(WsAsrTest, NobodyThereIsUnavailable) {
  const auto provider = make_asr(kServices[GetParam()].settings("ws://127.0.0.1:1/"), context_).value();
  const Heard heard = hear(*provider);
  ASSERT_FALSE(heard.final->ok());
  EXPECT_EQ(heard.final->error().code, ErrorCode::kUnavailable);
}

TEST_P(WsAsrTest, AStreamMayOutliveItsProvider) {
  Heard heard;
  const auto stream = open(*provider_, heard);
  provider_.reset();
  stream->write(std::vector<std::int16_t>(16000, 1000));
  stream->finish();
  run_until([&] { return heard.finals == 1; });
  EXPECT_TRUE(heard.final->ok());
}

INSTANTIATE_TEST_SUITE_P(Services, WsAsrTest, testing::Range(std::size_t{0}, std::size(kServices)),
                         [](const auto& service) { return std::string(kServices[service.param].name); });

class FunasrTest : public RecogniserTest {};

TEST_F(FunasrTest, HearsInEveryDialect) {
  for (const char* dialect : {"cpp-2pass", "cpp-offline", "py-wss"}) {
    const auto fake = fakes::make_funasr_fake();
    fake->set_play({.dialect = dialect});
    FunasrSettings settings;
    settings.url = fake->server().url();
    settings.dialect = dialect;
    const auto provider = make_asr(settings, context_).value();
    const Heard heard = hear(*provider);
    ASSERT_TRUE(heard.final->ok()) << heard.final->error().message;
    EXPECT_EQ((*heard.final)->text, "what time is it") << dialect;
  }
}

TEST_F(FunasrTest, ThePythonServersSilenceIsAnEmptyTranscript) {
  const auto fake = fakes::make_funasr_fake();
  fake->set_play({.segments = {}, .dialect = "py-wss"});
  FunasrSettings settings;
  settings.url = fake->server().url();
  settings.dialect = "py-wss";
  settings.timeouts = short_timeouts();
  const auto provider = make_asr(settings, context_).value();
  const Heard heard = hear(*provider);
  ASSERT_TRUE(heard.final->ok()) << heard.final->error().message;
  EXPECT_EQ((*heard.final)->text, "");
}

TEST(AsrFactory, ReadsEachTypeAndNamesWhatIsMissing) {
  ConfigReader reader = ConfigReader::parse(
      "a: {type: funasr, url: 'ws://host:10095/', dialect: py-wss}\n"
      "b: {type: deepgram}\nc: {type: openai, url: 'http://localhost/v1/audio/transcriptions'}\nd: {}\n",
      "test");
  auto a = reader.root().section("a");
  const AsrSettings funasr = read_asr(a);
  ASSERT_NE(std::get_if<FunasrSettings>(&funasr), nullptr);
  EXPECT_EQ(std::get_if<FunasrSettings>(&funasr)->dialect, "py-wss");
  auto b = reader.root().section("b");
  const AsrSettings deepgram = read_asr(b);
  auto c = reader.root().section("c");
  EXPECT_TRUE(std::holds_alternative<OpenaiAsrSettings>(read_asr(c)));
  auto d = reader.root().section("d");
  EXPECT_TRUE(std::holds_alternative<PocketSphinxConfig>(read_asr(d)));
  EXPECT_NO_THROW(reader.finish());

  asio::io_context io;
  asio::thread_pool pool(1);
  HttpClient http(io);
  const SystemClock clock;
  const auto made = make_asr(deepgram, {io, pool, http, clock});
  ASSERT_FALSE(made.ok());
  EXPECT_THAT(made.error().message, HasSubstr("api_key_env"));
  pool.join();
}

}  // namespace
}  // namespace earshot::worker
