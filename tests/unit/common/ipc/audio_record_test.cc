#include "common/ipc/audio_record.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "ipc.pb.h"

namespace earshot::ipc {
namespace {

Envelope audio_envelope(std::uint32_t session, std::uint32_t turn, const std::string& opus, bool live) {
  Envelope envelope;
  envelope.set_session(session);
  envelope.mutable_audio_down()->set_turn(turn);
  envelope.mutable_audio_down()->set_sentence(turn * 2);
  envelope.mutable_audio_down()->set_opus(opus);
  envelope.mutable_audio_down()->set_live(live);
  return envelope;
}

TEST(AudioRecord, ReadsWhatProtobufWrites) {
  for (const std::uint32_t number : {0U, 1U, 127U, 128U, 70'000U, 0x7FFFFFFFU}) {
    for (const std::size_t bytes : {0U, 1U, 127U, 128U, 1276U}) {
      const auto envelope = audio_envelope(number | 1, number, std::string(bytes, 'x'), number % 2 == 1);
      const std::string record = envelope.SerializeAsString();
      const auto view = read_audio_down(as_bytes(record));
      ASSERT_TRUE(view) << number << " " << bytes;
      EXPECT_EQ(view->session, envelope.session());
      EXPECT_EQ(view->turn, envelope.audio_down().turn());
      EXPECT_EQ(view->sentence, envelope.audio_down().sentence());
      EXPECT_EQ(view->live, envelope.audio_down().live());
      EXPECT_EQ(as_text(view->opus), envelope.audio_down().opus());
    }
  }
}

TEST(AudioRecord, LeavesEverythingElseToTheGeneralParser) {
  Envelope other;
  other.set_session(1);
  other.mutable_speech_end()->set_turn(1);
  EXPECT_FALSE(read_audio_down(as_bytes(other.SerializeAsString())));
  EXPECT_FALSE(read_audio_down({}));
  Envelope no_session;
  no_session.mutable_audio_down()->set_opus("x");
  EXPECT_FALSE(read_audio_down(as_bytes(no_session.SerializeAsString())));
}

TEST(AudioRecord, NeverReadsAnythingThatProtobufReadsOtherwise) {
  std::mt19937 random(7);
  const std::string good = audio_envelope(0x01020304, 300, std::string(20, 'x'), true).SerializeAsString();
  for (int i = 0; i < 100'000; ++i) {
    std::string bytes = good.substr(0, random() % (good.size() + 1));
    for (auto changes = random() % 3; changes > 0 && !bytes.empty(); --changes) {
      bytes[random() % bytes.size()] = static_cast<char>(random());
    }
    const auto view = read_audio_down(as_bytes(bytes));
    if (!view) continue;
    Envelope envelope;
    ASSERT_TRUE(envelope.ParseFromString(bytes));
    ASSERT_TRUE(envelope.has_audio_down());
    ASSERT_EQ(view->session, envelope.session());
    ASSERT_EQ(view->turn, envelope.audio_down().turn());
    ASSERT_EQ(view->sentence, envelope.audio_down().sentence());
    ASSERT_EQ(view->live, envelope.audio_down().live());
    ASSERT_EQ(as_text(view->opus), envelope.audio_down().opus());
  }
}

}  // namespace
}  // namespace earshot::ipc
