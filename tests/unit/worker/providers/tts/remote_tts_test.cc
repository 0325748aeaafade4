// One contract for every remote voice, against services on loopback that play each fault; then what is
// particular to each. Waits are bounded, events decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/fakes/providers/tts_fakes.h"
#include "worker/providers/tts/tts_factory.h"

namespace earshot::worker {
namespace {

using fakes::Delay;
using fakes::SpeechFault;
using fakes::SpeechPlan;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Nothing waits for these on the way to success, however slow the machine.
constexpr SpeechDeadlines kPatient{.connect = Milliseconds(8000),
                                   .first_audio = Milliseconds(8000),
                                   .stall = Milliseconds(8000),
                                   .total = Milliseconds(9000)};
// For services that fall silent: these are waited for.
constexpr SpeechDeadlines kImpatient{.connect = Milliseconds(8000),
                                     .first_audio = Milliseconds(200),
                                     .stall = Milliseconds(200),
                                     .total = Milliseconds(9000)};

struct Service {
  const char* name;
  int rate_hz;
  bool keeps_connections;
  std::function<std::unique_ptr<fakes::SpeechFake>()> fake;
  std::function<TtsSettings(const fakes::SpeechFake&, SpeechDeadlines)> settings;
};

void PrintTo(const Service& service, std::ostream* out) {
  *out << service.name;
}

template <class Fake>
const Fake& as(const fakes::SpeechFake& fake) {
  return dynamic_cast<const Fake&>(fake);
}

// Settings for the fake at `url`.
template <class Settings>
Settings at(const std::string& url, SpeechDeadlines deadlines = kPatient) {
  Settings settings;
  settings.url = url;
  settings.deadlines = deadlines;
  if constexpr (requires { settings.api_key; }) settings.api_key = Secret("key");
  if constexpr (requires { settings.ref_audio_path; }) settings.ref_audio_path = "a.wav";
  return settings;
}

template <class Fake, class Settings>
Service service(const char* name, bool keeps_connections) {
  return {
      .name = name,
      .rate_hz = 24000,
      .keeps_connections = keeps_connections,
      .fake = [] { return std::make_unique<Fake>(); },
      .settings = [](const fakes::SpeechFake& fake,
                     SpeechDeadlines deadlines) { return at<Settings>(as<Fake>(fake).url(), deadlines); }};
}

const std::vector<Service>& services() {
  static const std::vector<Service> all{
      {.name = "openai",
       .rate_hz = 24000,
       .keeps_connections = false,
       .fake = [] { return std::make_unique<fakes::HttpSpeechFake>("/v1/audio/speech"); },
       .settings =
           [](const fakes::SpeechFake& fake, SpeechDeadlines deadlines) {
             return at<OpenAiTtsSettings>(as<fakes::HttpSpeechFake>(fake).url(), deadlines);
           }},
      {.name = "gpt_sovits",
       .rate_hz = 32000,
       .keeps_connections = false,
       .fake =
           [] {
             auto fake = std::make_unique<fakes::HttpSpeechFake>("/tts");
             fake->answer_with("audio/wav", fakes::wav_tone(32000, Delay(200), 0));
             return fake;
           },
       .settings =
           [](const fakes::SpeechFake& fake, SpeechDeadlines deadlines) {
             return at<GptSovitsTtsSettings>(as<fakes::HttpSpeechFake>(fake).url(), deadlines);
           }},
      service<fakes::EdgeFake, EdgeTtsSettings>("edge", false),
      service<fakes::DashScopeSpeechFake, DashScopeTtsSettings>("dashscope", true),
      service<fakes::VolcengineSpeechFake, VolcengineTtsSettings>("volcengine", true),
      service<fakes::ElevenLabsFake, ElevenLabsTtsSettings>("elevenlabs", true)};
  return all;
}

struct Speech {
  std::size_t samples = 0;
  int rate_hz = 0;
  std::optional<Status> done;
};

class Studio {
 public:
  ~Studio() { pool_.join(); }

  void use(const TtsSettings& settings) {
    auto made = make_tts(settings, context_);
    ASSERT_TRUE(made.ok()) << made.error().message;
    provider_ = std::move(*made);
  }
  std::unique_ptr<TtsStream> start(const std::string& text, Speech& speech) {
    return provider_->synthesize({.text = text, .language = "en-US"}, io_.get_executor(),
                                 {.on_audio =
                                      [&](const Pcm& piece) {
                                        speech.samples += piece.samples.size();
                                        speech.rate_hz = piece.sample_rate_hz;
                                      },
                                  .on_done = [&](Status status) { speech.done = std::move(status); }});
  }
  template <class Condition>
  void run_until(Condition&& condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < deadline) {
      if (io_.stopped()) io_.restart();
      io_.run_one_for(Milliseconds(50));
    }
    ASSERT_TRUE(condition());
  }
  Speech say(const std::string& text) {
    Speech speech;
    const auto stream = start(text, speech);
    run_until([&] { return speech.done.has_value(); });
    return speech;
  }

 private:
  asio::io_context io_{1};
  asio::thread_pool pool_{1};
  HttpClient http_{io_};
  SystemClock clock_;
  ProviderContext context_{io_, pool_, http_, clock_};
  std::unique_ptr<TtsProvider> provider_;
};

class RemoteTts : public testing::TestWithParam<Service> {
 protected:
  RemoteTts() : fake_(GetParam().fake()) { studio_.use(GetParam().settings(*fake_, kPatient)); }
  ~RemoteTts() override { EXPECT_THAT(fake_->problems(), IsEmpty()); }

  std::size_t expected(Delay length) const {
    // Edge sends whole MP3 frames of 24 ms.
    const auto ms = std::string(GetParam().name) == "edge" ? (length.count() + 23) / 24 * 24 : length.count();
    return static_cast<std::size_t>(GetParam().rate_hz * ms / 1000);
  }
  std::size_t connections() const { return as<fakes::WsSpeechFake>(*fake_).connections(); }
  Error failure_of(SpeechFault fault) {
    fake_->plan({.fault = fault});
    const Speech speech = studio_.say("Hello there.");
    if (!speech.done->ok()) return speech.done->error();
    ADD_FAILURE() << "it spoke";
    return {};
  }

  std::unique_ptr<fakes::SpeechFake> fake_;
  Studio studio_;
};

TEST_P(RemoteTts, SpeaksASentenceWhole) {
  const Speech speech = studio_.say("Hello <there> & \"you\".");
  ASSERT_TRUE(speech.done->ok()) << speech.done->error().message;
  EXPECT_EQ(speech.samples, expected(Delay(200)));
  EXPECT_EQ(speech.rate_hz, GetParam().rate_hz);
}

TEST_P(RemoteTts, SpeaksOneSentenceAfterTheOther) {
  for (int i = 0; i < 3; ++i) EXPECT_EQ(studio_.say("Sentence.").samples, expected(Delay(200)));
  EXPECT_THAT(fake_->texts(), ElementsAre("Sentence.", "Sentence.", "Sentence."));
  if (GetParam().keeps_connections) {
    EXPECT_EQ(connections(), 1u);
  }
}

TEST_P(RemoteTts, SilenceIsDoneWithoutAskingTheService) {
  for (const char* text : {"", "...", "\xF0\x9F\x98\x80"}) EXPECT_TRUE(studio_.say(text).done->ok());
  EXPECT_THAT(fake_->texts(), IsEmpty());
}

TEST_P(RemoteTts, TinyPiecesAreTheSameSound) {
  fake_->plan({.length = Delay(24), .piece_bytes = 1});
  EXPECT_EQ(studio_.say("Hello.").samples >= expected(Delay(24)), true);
}

TEST_P(RemoteTts, ACancelledSentenceCallsNobodyAndTheNextIsWhole) {
  fake_->plan({.between = Delay(20), .length = Delay(1000)});
  Speech cancelled;
  auto stream = studio_.start("Not wanted.", cancelled);
  studio_.run_until([&] { return cancelled.samples > 0; });
  const std::size_t heard = cancelled.samples;
  stream->cancel();
  fake_->plan({});
  EXPECT_EQ(studio_.say("Wanted.").samples, expected(Delay(200)));
  EXPECT_EQ(cancelled.samples, heard);
  EXPECT_FALSE(cancelled.done.has_value());
}

TEST_P(RemoteTts, ASentenceMayBeDroppedAtOnce) {
  Speech dropped;
  studio_.start("Never mind.", dropped).reset();
  EXPECT_EQ(studio_.say("Wanted.").samples, expected(Delay(200)));
  EXPECT_FALSE(dropped.done.has_value());
}

TEST_P(RemoteTts, SpeaksForManyAtOnce) {
  std::vector<Speech> speeches(8);
  std::vector<std::unique_ptr<TtsStream>> streams;
  for (Speech& speech : speeches) streams.push_back(studio_.start("Hello.", speech));
  for (Speech& speech : speeches) {
    studio_.run_until([&] { return speech.done.has_value(); });
    EXPECT_EQ(speech.samples, expected(Delay(200)));
  }
}

TEST_P(RemoteTts, AWrongKeyIsSaidWithoutTheKey) {
  const Error error = failure_of(SpeechFault::kUnauthorized);
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_THAT(error.message, HasSubstr("check the key"));
  EXPECT_THAT(error.message, Not(HasSubstr("sk-secret")));
}

TEST_P(RemoteTts, EachFaultEndsTheSentenceWithItsName) {
  EXPECT_EQ(failure_of(SpeechFault::kServerError).code, ErrorCode::kUnavailable);
  EXPECT_NE(failure_of(SpeechFault::kErrorBody).message, "");
  EXPECT_EQ(failure_of(SpeechFault::kBreak).code, ErrorCode::kUnavailable);
  EXPECT_NE(failure_of(SpeechFault::kGarbage).message, "");
  EXPECT_EQ(failure_of(SpeechFault::kEmpty).code, ErrorCode::kInvalid);
  fake_->plan({});
  EXPECT_EQ(studio_.say("Well again.").samples, expected(Delay(200)));
}

TEST_P(RemoteTts, ASentenceThatIsThrottledIsTriedAgain) {
  fake_->plan({.refusals = 2});
  EXPECT_EQ(studio_.say("Once more.").samples, expected(Delay(200)));
  studio_.use(GetParam().settings(*fake_, kPatient));  // without the connections that were kept
  fake_->plan({.refusals = 9});
  const Speech refused = studio_.say("Too often.");
  EXPECT_EQ(refused.done->error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(refused.done->error().message, HasSubstr("429"));
  EXPECT_EQ(fake_->plan().refusals, 6);
}

TEST_P(RemoteTts, AServiceThatFallsSilentIsGivenUp) {
  studio_.use(GetParam().settings(*fake_, kImpatient));
  EXPECT_EQ(failure_of(SpeechFault::kSilent).code, ErrorCode::kTimeout);
  EXPECT_EQ(failure_of(SpeechFault::kStall).code, ErrorCode::kTimeout);
}

INSTANTIATE_TEST_SUITE_P(Each, RemoteTts, testing::ValuesIn(services()),
                         [](const auto& each) { return std::string(each.param.name); });

TEST(EdgeTts, AWrongClockIsCorrectedByTheRefusal) {
  fakes::EdgeFake fake(3 * 3600);
  Studio studio;
  studio.use(at<EdgeTtsSettings>(fake.url()));
  EXPECT_TRUE(studio.say("Hello.").done->ok());
  EXPECT_EQ(fake.connections(), 2u);
  EXPECT_TRUE(studio.say("Hello.").done->ok());
  EXPECT_EQ(fake.connections(), 3u);
}

TEST(VolcengineTts, ACancelledSessionKeepsTheConnection) {
  fakes::VolcengineSpeechFake fake;
  Studio studio;
  studio.use(at<VolcengineTtsSettings>(fake.url()));
  EXPECT_TRUE(studio.say("First.").done->ok());
  fake.plan({.between = Delay(20), .length = Delay(1000)});
  Speech cancelled;
  auto stream = studio.start("Second.", cancelled);
  studio.run_until([&] { return cancelled.samples > 0; });
  stream->cancel();
  EXPECT_TRUE(studio.say("Third.").done->ok());
  EXPECT_LE(fake.connections(), 2u);  // the third does not wait for the end of the second
}

TEST(GptSovitsTts, AsksForOneSentenceAtATime) {
  fakes::HttpSpeechFake fake("/tts");
  fake.answer_with("audio/wav", fakes::wav_tone(32000, Delay(200), 0));
  fake.plan({.first_byte = Delay(20)});
  Studio studio;
  studio.use(at<GptSovitsTtsSettings>(fake.url(), {}));
  std::vector<Speech> speeches(4);
  std::vector<std::unique_ptr<TtsStream>> streams;
  for (Speech& speech : speeches) streams.push_back(studio.start("Hello.", speech));
  streams[1]->cancel();
  for (const std::size_t i : {0u, 2u, 3u}) studio.run_until([&] { return speeches[i].done.has_value(); });
  EXPECT_EQ(fake.most_at_once(), 1);
}

TEST(OpenAiTts, MuchTooMuchTextIsCut) {
  fakes::HttpSpeechFake fake("/v1/audio/speech");
  Studio studio;
  studio.use(at<OpenAiTtsSettings>(fake.url()));
  EXPECT_TRUE(studio.say(std::string(100'000, 'a') + "\xFF").done->ok());
  ASSERT_EQ(fake.texts().size(), 1u);
  EXPECT_LE(fake.texts().front().size(), 4096u);
}

}  // namespace
}  // namespace earshot::worker
