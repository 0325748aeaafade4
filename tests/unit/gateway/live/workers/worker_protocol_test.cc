#include "gateway/live/workers/worker_protocol.h"

#include <google/protobuf/descriptor.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace earshot::gateway {
namespace {

using ipc::Envelope;
using Fill = std::function<void(Envelope&)>;

Envelope make(std::uint32_t session, const Fill& fill) {
  Envelope envelope;
  envelope.set_session(session);
  fill(envelope);
  return envelope;
}

Fill hello(const std::string& id, std::uint32_t capacity) {
  return [=](Envelope& envelope) {
    envelope.mutable_worker_hello()->set_worker_id(id);
    envelope.mutable_worker_hello()->set_capacity(capacity);
  };
}

TEST(WorkerProtocol, TakesAHelloFirstAndOnce) {
  EXPECT_EQ(judge_worker_envelope(make(0, hello("w1", 4)), false), WorkerVerdict::kHello);
  EXPECT_EQ(judge_worker_envelope(make(0, hello("w1", 4)), true), WorkerVerdict::kSecondHello);
  EXPECT_EQ(judge_worker_envelope(make(7, [](Envelope& e) { e.mutable_session_opened(); }), false),
            WorkerVerdict::kBeforeHello);
}

TEST(WorkerProtocol, RefusesAHelloThatIsOfNoUse) {
  for (const auto& [id, capacity] :
       std::vector<std::pair<std::string, std::uint32_t>>{{"", 4},
                                                          {"w1", 0},
                                                          {"w1", kMaxWorkerCapacity + 1},
                                                          {std::string(kMaxWorkerIdBytes + 1, 'w'), 4},
                                                          {"two words", 4},
                                                          {"line\nbreak", 4},
                                                          {"esc\x1b[2J", 4}}) {
    EXPECT_EQ(judge_worker_envelope(make(0, hello(id, capacity)), false), WorkerVerdict::kBadHello) << id;
  }
}

TEST(WorkerProtocol, KnowsWhatAWorkerMaySend) {
  struct Case {
    const char* body;
    WorkerVerdict verdict;
  };
  const std::vector<Case> cases = {{"load", WorkerVerdict::kLoad},
                                   {"ping", WorkerVerdict::kPing},
                                   {"pong", WorkerVerdict::kPong},
                                   {"drain", WorkerVerdict::kDrain},
                                   {"session_opened", WorkerVerdict::kSession},
                                   {"session_refused", WorkerVerdict::kSession},
                                   {"session_end", WorkerVerdict::kSession},
                                   {"speech_start", WorkerVerdict::kSession},
                                   {"sentence_start", WorkerVerdict::kSession},
                                   {"speech_end", WorkerVerdict::kSession},
                                   {"speech_flush", WorkerVerdict::kSession},
                                   {"speech_pause", WorkerVerdict::kSession},
                                   {"speech_resume", WorkerVerdict::kSession},
                                   {"user_speaks", WorkerVerdict::kSession},
                                   {"session_checkpoint", WorkerVerdict::kSession},
                                   {"uplink_heard", WorkerVerdict::kSession},
                                   {"sentence_end", WorkerVerdict::kSession},
                                   {"stt", WorkerVerdict::kSession},
                                   {"emotion", WorkerVerdict::kSession},
                                   {"mcp_down", WorkerVerdict::kSession},
                                   {"alert", WorkerVerdict::kSession},
                                   {"audio_down", WorkerVerdict::kBadAudio},  // without a packet
                                   {"turn_report", WorkerVerdict::kReport},
                                   {"say_spoken", WorkerVerdict::kReport},
                                   {"agents_accepted", WorkerVerdict::kAgents},
                                   {"agent_set", WorkerVerdict::kWrongDirection},
                                   {"say", WorkerVerdict::kWrongDirection},
                                   {"gateway_hello", WorkerVerdict::kWrongDirection},
                                   {"session_open", WorkerVerdict::kWrongDirection},
                                   {"session_close", WorkerVerdict::kWrongDirection},
                                   {"audio_up", WorkerVerdict::kWrongDirection},
                                   {"listen", WorkerVerdict::kWrongDirection},
                                   {"abort", WorkerVerdict::kWrongDirection},
                                   {"mcp_up", WorkerVerdict::kWrongDirection},
                                   {"device_link", WorkerVerdict::kWrongDirection},
                                   {"playout_report", WorkerVerdict::kWrongDirection},
                                   {"notebook", WorkerVerdict::kSession},
                                   {"memory_up", WorkerVerdict::kSession},
                                   {"memory_down", WorkerVerdict::kWrongDirection},
                                   {"user_speech", WorkerVerdict::kSession},
                                   {"turn_began", WorkerVerdict::kSession},
                                   {"turn_over", WorkerVerdict::kSession},
                                   {"call_update", WorkerVerdict::kWrongDirection},
                                   {"call_dialogue", WorkerVerdict::kWrongDirection},
                                   {"respond", WorkerVerdict::kWrongDirection},
                                   {"worker_hello", WorkerVerdict::kSecondHello}};
  std::set<std::string> seen;
  for (const Case& one : cases) {
    Envelope envelope;
    envelope.set_session(7);
    const auto* field = Envelope::descriptor()->FindFieldByName(one.body);
    ASSERT_NE(field, nullptr) << one.body;
    Envelope::GetReflection()->MutableMessage(&envelope, field);
    EXPECT_EQ(judge_worker_envelope(envelope, true), one.verdict) << one.body;
    seen.insert(one.body);
  }
  const auto* body = Envelope::descriptor()->FindOneofByName("body");
  for (int i = 0; i < body->field_count(); ++i) {
    EXPECT_TRUE(seen.contains(body->field(i)->name())) << "no rule for " << body->field(i)->name();
  }
}

TEST(WorkerProtocol, BoundsAudioAndTexts) {
  const auto audio = [](std::size_t bytes) {
    return make(7, [=](Envelope& e) { e.mutable_audio_down()->set_opus(std::string(bytes, 'x')); });
  };
  EXPECT_EQ(judge_worker_envelope(audio(kMaxOpusBytes), true), WorkerVerdict::kSession);
  EXPECT_EQ(judge_worker_envelope(audio(kMaxOpusBytes + 1), true), WorkerVerdict::kBadAudio);

  const auto sentence = [](std::size_t bytes) {
    return make(7, [=](Envelope& e) { e.mutable_sentence_start()->set_text(std::string(bytes, 'x')); });
  };
  EXPECT_EQ(judge_worker_envelope(sentence(kMaxDownTextBytes), true), WorkerVerdict::kSession);
  EXPECT_EQ(judge_worker_envelope(sentence(kMaxDownTextBytes + 1), true), WorkerVerdict::kTextTooLong);
  const auto checkpoint = [](std::size_t bytes) {
    return make(7, [=](Envelope& e) { e.mutable_session_checkpoint()->set_state(std::string(bytes, 'x')); });
  };
  EXPECT_EQ(judge_worker_envelope(checkpoint(kMaxCheckpointBytes), true), WorkerVerdict::kSession);
  EXPECT_EQ(judge_worker_envelope(checkpoint(kMaxCheckpointBytes + 1), true), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(
      judge_worker_envelope(
          make(7, [](Envelope& e) { e.mutable_mcp_down()->set_payload(std::string(16 * 1024, 'x')); }), true),
      WorkerVerdict::kTextTooLong);
}

TEST(WorkerProtocol, BoundsWhatAReportHolds) {
  const auto report = [](auto fill) {
    return judge_worker_envelope(make(7, [&](Envelope& e) { fill(*e.mutable_turn_report()); }), true);
  };
  using ipc::TurnReport;
  const std::string text(kMaxReportTextBytes + 1, 'x');
  const std::string audio(kMaxReportAudioBytes + 1, 'x');
  EXPECT_EQ(report([&](TurnReport& r) { r.set_user_audio(audio.substr(1)); }), WorkerVerdict::kReport);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_user_audio(audio); }), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_reply_audio(audio); }), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_user_text(text.substr(1)); }), WorkerVerdict::kReport);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_user_text(text); }), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_reply_text(text); }), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_trace(text); }), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(report([&](TurnReport& r) { r.set_end(text); }), WorkerVerdict::kTextTooLong);
  EXPECT_EQ(report([&](TurnReport& r) {
              for (int i = 0; i <= kMaxReportTools; ++i) r.add_tools("t");
            }),
            WorkerVerdict::kTextTooLong);
}

TEST(WorkerProtocol, WantsASessionForASessionsMessage) {
  EXPECT_EQ(judge_worker_envelope(make(0, [](Envelope& e) { e.mutable_turn_report(); }), true),
            WorkerVerdict::kNoSession);
  EXPECT_EQ(judge_worker_envelope(make(0, [](Envelope& e) { e.mutable_stt()->set_text("hi"); }), true),
            WorkerVerdict::kNoSession);
}

}  // namespace
}  // namespace earshot::gateway
