#include "gateway/live/workers/worker_protocol.h"

#include <algorithm>

namespace earshot::gateway {

namespace {

using ipc::Envelope;

// The id goes into log lines: plain printable text only.
bool is_plain_id(const std::string& id) {
  return !id.empty() && id.size() <= kMaxWorkerIdBytes &&
         std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
}

WorkerVerdict judge_hello(const ipc::WorkerHello& hello, bool hello_seen) {
  if (hello_seen) return WorkerVerdict::kSecondHello;
  const bool good = is_plain_id(hello.worker_id()) && hello.version().size() <= kMaxWorkerIdBytes &&
                    hello.capacity() > 0 && hello.capacity() <= kMaxWorkerCapacity;
  return good ? WorkerVerdict::kHello : WorkerVerdict::kBadHello;
}

WorkerVerdict judge_text(std::size_t bytes, std::size_t limit) {
  return bytes <= limit ? WorkerVerdict::kSession : WorkerVerdict::kTextTooLong;
}

WorkerVerdict judge_report(const ipc::TurnReport& report) {
  const bool good =
      report.session_id().size() <= kMaxWorkerIdBytes && report.source().size() <= kMaxWorkerIdBytes &&
      report.end().size() <= kMaxWorkerIdBytes && report.agent().size() <= kMaxWorkerIdBytes &&
      report.trace().size() <= kMaxReportTextBytes && report.user_text().size() <= kMaxReportTextBytes &&
      report.reply_text().size() <= kMaxReportTextBytes && report.tools_size() <= kMaxReportTools &&
      std::ranges::all_of(report.tools(),
                          [](const std::string& tool) { return tool.size() <= kMaxWorkerIdBytes; }) &&
      report.user_audio().size() <= kMaxReportAudioBytes &&
      report.reply_audio().size() <= kMaxReportAudioBytes;
  return good ? WorkerVerdict::kReport : WorkerVerdict::kTextTooLong;
}

WorkerVerdict judge_spoken(const ipc::SaySpoken& spoken) {
  const bool good = spoken.id().size() <= kMaxWorkerIdBytes && spoken.reason().size() <= kMaxDownTextBytes;
  return good ? WorkerVerdict::kReport : WorkerVerdict::kTextTooLong;
}

WorkerVerdict judge_notebook(const ipc::Notebook& notebook) {
  return notebook.ByteSizeLong() <= kMaxNotebookBytes ? WorkerVerdict::kSession : WorkerVerdict::kTextTooLong;
}

WorkerVerdict judge_memory(const ipc::MemoryUp& memory) {
  const bool good = memory.ByteSizeLong() <= kMaxMemoryBytes && memory.agent().size() <= kMaxWorkerIdBytes;
  return good ? WorkerVerdict::kSession : WorkerVerdict::kTextTooLong;
}

WorkerVerdict judge_agents(const ipc::AgentsAccepted& accepted) {
  const bool good = accepted.problems_size() <= kMaxAgentProblems &&
                    std::ranges::all_of(accepted.problems(), [](const ipc::AgentProblem& problem) {
                      return problem.stage().size() + problem.name().size() <= kMaxWorkerIdBytes &&
                             problem.what().size() <= kMaxDownTextBytes;
                    });
  return good ? WorkerVerdict::kAgents : WorkerVerdict::kTextTooLong;
}

WorkerVerdict judge_body(const Envelope& envelope) {
  switch (envelope.body_case()) {
    case Envelope::kLoad:
      return WorkerVerdict::kLoad;
    case Envelope::kPing:
      return WorkerVerdict::kPing;
    case Envelope::kPong:
      return WorkerVerdict::kPong;
    case Envelope::kDrain:
      return WorkerVerdict::kDrain;
    case Envelope::kAudioDown: {
      const std::size_t size = envelope.audio_down().opus().size();
      return size > 0 && size <= kMaxOpusBytes ? WorkerVerdict::kSession : WorkerVerdict::kBadAudio;
    }
    case Envelope::kSessionOpened:
    case Envelope::kSpeechStart:
    case Envelope::kSpeechEnd:
    case Envelope::kSpeechFlush:
    case Envelope::kSpeechPause:
    case Envelope::kSpeechResume:
    case Envelope::kUserSpeaks:
    case Envelope::kTurnBegan:
    case Envelope::kTurnOver:
    case Envelope::kUplinkHeard:
    case Envelope::kSentenceEnd:
      return WorkerVerdict::kSession;
    case Envelope::kUserSpeech:
      return judge_text(envelope.user_speech().text().size(), kMaxCallWordsBytes);
    case Envelope::kSessionRefused:
      return judge_text(envelope.session_refused().reason().size(), kMaxDownTextBytes);
    case Envelope::kSessionEnd:
      return judge_text(envelope.session_end().reason().size(), kMaxDownTextBytes);
    case Envelope::kSentenceStart:
      return judge_text(envelope.sentence_start().text().size(), kMaxDownTextBytes);
    case Envelope::kStt:
      return judge_text(envelope.stt().text().size(), kMaxDownTextBytes);
    case Envelope::kEmotion:
      return judge_text(envelope.emotion().name().size() + envelope.emotion().text().size(),
                        kMaxDownTextBytes);
    case Envelope::kMcpDown:
      return judge_text(envelope.mcp_down().payload().size(), kMaxMcpDownBytes);
    case Envelope::kAlert:
      return judge_text(envelope.alert().status().size() + envelope.alert().message().size() +
                            envelope.alert().emotion().size(),
                        kMaxDownTextBytes);
    case Envelope::kTurnReport:
      return judge_report(envelope.turn_report());
    case Envelope::kSaySpoken:
      return judge_spoken(envelope.say_spoken());
    case Envelope::kSessionCheckpoint:
      return judge_text(envelope.session_checkpoint().state().size(), kMaxCheckpointBytes);
    case Envelope::kNotebook:
      return judge_notebook(envelope.notebook());
    case Envelope::kMemoryUp:
      return judge_memory(envelope.memory_up());
    case Envelope::kAgentsAccepted:
      return judge_agents(envelope.agents_accepted());
    case Envelope::kWorkerHello:
    case Envelope::kGatewayHello:
    case Envelope::kAgentSet:
    case Envelope::kMemoryDown:
    case Envelope::kSay:
    case Envelope::kSessionOpen:
    case Envelope::kCallUpdate:
    case Envelope::kCallDialogue:
    case Envelope::kRespond:
    case Envelope::kSessionClose:
    case Envelope::kAudioUp:
    case Envelope::kListen:
    case Envelope::kAbort:
    case Envelope::kDeviceLink:
    case Envelope::kMcpUp:
    case Envelope::kPlayoutReport:
    case Envelope::BODY_NOT_SET:
      return WorkerVerdict::kWrongDirection;
  }
  return WorkerVerdict::kWrongDirection;  // a body that this build's generated code added without a case here
}

}  // namespace

WorkerVerdict judge_worker_envelope(const Envelope& envelope, bool hello_seen) {
  if (envelope.body_case() == Envelope::kWorkerHello) return judge_hello(envelope.worker_hello(), hello_seen);
  if (!hello_seen) return WorkerVerdict::kBeforeHello;
  const WorkerVerdict verdict = judge_body(envelope);
  const bool of_session = verdict == WorkerVerdict::kSession || verdict == WorkerVerdict::kReport;
  if (of_session && envelope.session() == 0) return WorkerVerdict::kNoSession;
  return verdict;
}

}  // namespace earshot::gateway
