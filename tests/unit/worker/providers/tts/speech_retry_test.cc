#include "worker/providers/tts/speech_retry.h"

#include <gtest/gtest.h>

namespace earshot::worker {
namespace {

constexpr Milliseconds kLeft{5000};

TEST(SpeechRetry, TriesWhatIsThrottledTwiceAndLonger) {
  for (const int status : {429, 503}) {
    EXPECT_EQ(speech_retry_wait(1, status, "", kLeft), Milliseconds(250));
    EXPECT_EQ(speech_retry_wait(2, status, "", kLeft), Milliseconds(750));
    EXPECT_EQ(speech_retry_wait(3, status, "", kLeft), std::nullopt);
  }
}

TEST(SpeechRetry, TriesWhatIsBrokenOnce) {
  for (const int status : {500, 502, 504, 529}) {
    EXPECT_EQ(speech_retry_wait(1, status, "", kLeft), Milliseconds(250));
    EXPECT_EQ(speech_retry_wait(2, status, "", kLeft), std::nullopt);
  }
}

TEST(SpeechRetry, DoesNotTryAgainWhatWillBeRefusedAgain) {
  for (const int status : {200, 301, 400, 401, 403, 404, 413, 422, 501, 505})
    EXPECT_EQ(speech_retry_wait(1, status, "", kLeft), std::nullopt) << status;
}

TEST(SpeechRetry, WaitsAsLongAsTheServiceAsksIfAListenerCan) {
  EXPECT_EQ(speech_retry_wait(1, 429, "0", kLeft), Milliseconds(250));
  EXPECT_EQ(speech_retry_wait(1, 429, "1", kLeft), Milliseconds(1000));
  EXPECT_EQ(speech_retry_wait(1, 429, "3", kLeft), std::nullopt);
  EXPECT_EQ(speech_retry_wait(1, 429, "1", Milliseconds(900)), std::nullopt);
  EXPECT_EQ(speech_retry_wait(1, 429, "4294967295", kLeft), std::nullopt);
  EXPECT_EQ(speech_retry_wait(1, 429, "Wed, 21 Oct 2026 07:28:00 GMT", kLeft), std::nullopt);
  EXPECT_EQ(speech_retry_wait(1, 429, "-1", kLeft), std::nullopt);
}

}  // namespace
}  // namespace earshot::worker
