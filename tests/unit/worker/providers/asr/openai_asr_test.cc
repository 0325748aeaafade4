#include "worker/providers/asr/openai_asr.h"

#include <gmock/gmock.h>

#include <utility>

#include "tests/fakes/providers/asr_fakes.h"
#include "tests/unit/worker/providers/asr/recogniser_test.h"

namespace earshot::worker {
namespace {

using testing::HasSubstr;
using testing::Not;

class OpenaiAsrTest : public RecogniserTest {
 protected:
  OpenaiAsrTest() { fakes::add_openai_transcription(server_, " What time is it? "); }

  OpenaiAsrSettings settings() {
    OpenaiAsrSettings made;
    made.url = server_.url("/v1/audio/transcriptions");
    made.api_key = Secret("sk-secret");
    made.deadlines.first_byte = Milliseconds(300);
    return made;
  }
  Result<Transcript> hear_text() {
    const auto provider = make_openai_asr(settings(), context_);
    return *hear(**provider).final;
  }
  void fault(int status, const std::string& body) {
    fakes::FakeFault made;
    made.status = status;
    made.body = body;
    server_.set_fault(made);
  }

  fakes::FakeHttpServer server_;
};

TEST_F(OpenaiAsrTest, SendsTheUtteranceAsOneFileAndReadsItsText) {
  const auto heard = hear_text();
  ASSERT_TRUE(heard.ok()) << heard.error().message;
  EXPECT_EQ(heard->text, "What time is it?");
  std::string body;  // beside it there may be the HEAD that warms the connection
  for (const auto& request : server_.requests()) {
    if (request.method == "POST") body = request.body;
  }
  EXPECT_THAT(body, HasSubstr("gpt-4o-mini-transcribe"));
  EXPECT_THAT(body, HasSubstr("name=\"language\"\r\n\r\nen\r\n"));
  EXPECT_GT(body.size(), 32044U);
}

TEST_F(OpenaiAsrTest, AMomentOfSoundIsNotSentAtAll) {
  const auto provider = make_openai_asr(settings(), context_);
  Heard heard;
  const auto stream = open(**provider, heard);
  stream->write(std::vector<std::int16_t>(1600, 1000));
  stream->finish();
  EXPECT_EQ(heard.finals, 0);
  run_until([&] { return heard.finals == 1; });
  ASSERT_TRUE(heard.final->ok());
  EXPECT_EQ((*heard.final)->text, "");
  for (const auto& request : server_.requests()) EXPECT_NE(request.method, "POST");
}

TEST_F(OpenaiAsrTest, RefusalsAreClassedAndNeverRepeatTheBody) {
  struct Case {
    int status;
    ErrorCode code;
  };
  for (const Case& c : {Case{400, ErrorCode::kInvalid}, Case{422, ErrorCode::kInvalid},
                        Case{401, ErrorCode::kUnavailable}, Case{404, ErrorCode::kUnavailable},
                        Case{413, ErrorCode::kTooLarge}, Case{429, ErrorCode::kUnavailable},
                        Case{500, ErrorCode::kUnavailable}, Case{504, ErrorCode::kTimeout}}) {
    fault(c.status, R"({"error":{"message":"your key sk-secret"}})");
    const auto heard = hear_text();
    ASSERT_FALSE(heard.ok());
    EXPECT_EQ(heard.error().code, c.code) << c.status;
    EXPECT_THAT(heard.error().message, HasSubstr(std::to_string(c.status)));
    EXPECT_THAT(heard.error().message, Not(HasSubstr("secret")));
  }
}

TEST_F(OpenaiAsrTest, AGoodStatusWithABadBodyIsAnError) {
  for (const char* body :
       {"<html>login</html>", R"({"error":{"message":"secret"}})", "{}", "[]", "nonsense"}) {
    fault(200, body);
    const auto heard = hear_text();
    ASSERT_FALSE(heard.ok()) << body;
    EXPECT_THAT(heard.error().message, Not(HasSubstr("secret")));
  }
}

TEST_F(OpenaiAsrTest, ASlowStalledCutOffOrResetAnswerIsANamedError) {
  fakes::FakeFault slow;
  slow.first_byte_delay = fakes::Delay(5000);
  server_.set_fault(slow);
  EXPECT_EQ(hear_text().error().code, ErrorCode::kTimeout);
  fakes::FakeFault cut;
  cut.truncate_after = 5;
  server_.set_fault(cut);
  EXPECT_EQ(hear_text().error().code, ErrorCode::kUnavailable);
  fakes::FakeFault reset;
  reset.reset_after = 5;
  server_.set_fault(reset);
  EXPECT_EQ(hear_text().error().code, ErrorCode::kUnavailable);
}

class OpenaiAsrPauseTest : public OpenaiAsrTest {
 protected:
  std::size_t posts() const {
    std::size_t count = 0;
    for (const auto& request : server_.requests()) count += request.method == "POST" ? 1 : 0;
    return count;
  }
  static void speak(AsrStream& stream) { stream.write(std::vector<std::int16_t>(16000, 1000)); }

  std::unique_ptr<AsrProvider> provider_ = std::move(make_openai_asr(settings(), context_)).value();
  Heard heard_;
};

TEST_F(OpenaiAsrPauseTest, AsksInThePauseAndHasTheAnswerWhenTheUserHasFinished) {
  const auto stream = open(*provider_, heard_);
  speak(*stream);
  stream->pause();
  run_until([&] { return !heard_.interim.empty(); });
  EXPECT_EQ(heard_.interim.front(), "What time is it?");
  stream->finish();
  run_until([&] { return heard_.final.has_value(); });
  EXPECT_EQ((*heard_.final)->text, "What time is it?");
  EXPECT_EQ(posts(), 1U);
}

TEST_F(OpenaiAsrPauseTest, AnAnswerThatIsStillOnItsWayIsAwaitedAndNotAskedForTwice) {
  const auto stream = open(*provider_, heard_);
  speak(*stream);
  stream->pause();
  stream->finish();
  run_until([&] { return heard_.final.has_value(); });
  EXPECT_EQ((*heard_.final)->text, "What time is it?");
  EXPECT_EQ(posts(), 1U);
}

TEST_F(OpenaiAsrPauseTest, WhenTheUserGoesOnAllOfItIsSentAgain) {
  const auto stream = open(*provider_, heard_);
  speak(*stream);
  stream->pause();
  run_until([&] { return !heard_.interim.empty(); });
  stream->resume();
  speak(*stream);
  stream->finish();
  run_until([&] { return heard_.final.has_value(); });
  ASSERT_TRUE(heard_.final->ok()) << heard_.final->error().message;
  EXPECT_EQ(posts(), 2U);
  EXPECT_GT(server_.requests().back().body.size(), 64'000U);
}

TEST_F(OpenaiAsrPauseTest, AnEarlyRequestThatFailsIsMadeAgainAtTheEnd) {
  fault(500, "{}");
  const auto stream = open(*provider_, heard_);
  speak(*stream);
  stream->pause();
  run_until([&] { return posts() == 1; });
  io_.run_for(Milliseconds(100));  // until the refusal is here
  server_.set_fault({});
  stream->finish();
  run_until([&] { return heard_.final.has_value(); });
  ASSERT_TRUE(heard_.final->ok()) << heard_.final->error().message;
  EXPECT_EQ((*heard_.final)->text, "What time is it?");
}

TEST_F(OpenaiAsrPauseTest, AHesitantSpeakerCostsABoundedNumberOfRequests) {
  const auto stream = open(*provider_, heard_);
  for (int i = 0; i < 5; ++i) {
    speak(*stream);
    stream->pause();
    stream->resume();
  }
  stream->finish();
  run_until([&] { return heard_.final.has_value(); });
  EXPECT_LE(posts(), 3U);
}

TEST_F(OpenaiAsrTest, NothingIsCalledAfterCancel) {
  const auto provider = make_openai_asr(settings(), context_);
  Heard heard;
  const auto stream = open(**provider, heard);
  stream->write(std::vector<std::int16_t>(16000, 1000));
  stream->finish();
  stream->cancel();
  io_.run_for(Milliseconds(50));
  EXPECT_EQ(heard.finals, 0);
}

}  // namespace
}  // namespace earshot::worker
