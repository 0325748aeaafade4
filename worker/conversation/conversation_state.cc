#include "worker/conversation/conversation_state.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "checkpoint.pb.h"

namespace earshot::worker {

namespace {

// More than any dialogue within its budget has, and little enough to be harmless.
constexpr int kMaxTurns = 4096;
constexpr int kMaxMessages = 256;  // of a turn: rounds of the brain and answers to their calls
constexpr int kMaxCalls = 64;
constexpr int kMaxTools = 128;  // as McpLimits
constexpr std::size_t kMaxToolNameBytes = 128;
constexpr std::size_t kMaxLanguageBytes = 64;
constexpr std::uint32_t kMaxTurn = 1U << 30;
constexpr std::uint32_t kMaxRequestId = 999'999'999;  // ids above are the gateway's own
constexpr std::uint32_t kMaxNags = 1000;
constexpr int kMaxSentences = 16'384;  // of a reply: 64 KiB of the shortest
constexpr std::size_t kMaxSayIdBytes = 64;
constexpr std::uint32_t kMaxSilenceMs = 60'000;
constexpr double kMaxEchoLossDb = 200;

Error refused(const char* why) {
  return {ErrorCode::kInvalid, std::string("the checkpoint is not usable: ") + why};
}

ipc::CheckpointFloor::Mode written(ListenMode mode) {
  switch (mode) {
    case ListenMode::kAuto:
      return ipc::CheckpointFloor::kAuto;
    case ListenMode::kManual:
      return ipc::CheckpointFloor::kManual;
    case ListenMode::kRealtime:
      return ipc::CheckpointFloor::kRealtime;
  }
  return ipc::CheckpointFloor::kAuto;
}

void write(const ToolCall& call, ipc::CheckpointCall& to) {
  to.set_id(call.id);
  to.set_name(call.name);
  to.set_arguments(call.arguments);
  to.set_unusable(call.unusable);
}

void write(const Message& message, ipc::CheckpointMessage& to) {
  const bool tool = message.role == Message::Role::kTool;
  to.set_role(tool ? ipc::CheckpointMessage::kTool : ipc::CheckpointMessage::kAssistant);
  to.set_text(message.text);
  for (const ToolCall& call : message.tool_calls) write(call, *to.add_calls());
  to.set_call_id(message.tool_call_id);
  to.set_is_error(message.is_error);
}

void write(const KnownTools& known, ipc::CheckpointTools& to) {
  to.set_last_id(static_cast<std::uint32_t>(known.last_id));
  for (const ToolSpec& tool : known.tools) {
    ipc::CheckpointTool& one = *to.add_tools();
    one.set_name(tool.name);
    one.set_description(tool.description);
    one.set_schema(tool.input_schema);
  }
}

ipc::CheckpointReply::Source written(TurnSource source) {
  switch (source) {
    case TurnSource::kSpeech:
      return ipc::CheckpointReply::kSpeech;
    case TurnSource::kText:
      return ipc::CheckpointReply::kText;
    case TurnSource::kWakeWord:
      return ipc::CheckpointReply::kWakeWord;
    case TurnSource::kServer:
      return ipc::CheckpointReply::kServer;
  }
  return ipc::CheckpointReply::kServer;
}

void write(const ReplyUnderWay& reply, ipc::CheckpointReply& to) {
  to.set_turn(number(reply.turn));
  to.set_source(written(reply.source));
  to.set_remembered(reply.remembered);
  to.set_understood(reply.understood);
  to.set_words(reply.words);
  for (const Message& message : reply.record.messages()) write(message, *to.add_messages());
  for (const std::size_t round : reply.record.rounds()) to.add_rounds(static_cast<std::uint32_t>(round));
  for (const std::string& sentence : reply.record.sentences()) to.add_sentences(sentence);
  to.set_complete(reply.complete);
  to.set_all_sent(reply.all_sent);
  to.set_end_session(reply.end_session);
  to.set_heard(reply.heard);
  to.set_say_id(reply.say_id);
  to.set_tells_late(reply.tells_late);
}

void fit(ipc::Checkpoint& checkpoint) {
  const auto fits = [&] { return checkpoint.ByteSizeLong() <= kMaxCheckpointBytes; };
  if (!fits()) checkpoint.clear_tools();
  while (!fits() && checkpoint.turns_size() > 0) checkpoint.mutable_turns()->DeleteSubrange(0, 1);
  while (!fits() && checkpoint.late_results_size() > 0)
    checkpoint.mutable_late_results()->DeleteSubrange(0, 1);
  if (!fits()) checkpoint.clear_reply();
}

std::optional<FloorMemory> read(const ipc::CheckpointFloor& from) {
  FloorMemory memory{.hears = from.hears(), .key_held = from.key_held(), .nags = 0};
  switch (from.mode()) {
    case ipc::CheckpointFloor::kAuto:
      memory.mode = ListenMode::kAuto;
      break;
    case ipc::CheckpointFloor::kManual:
      memory.mode = ListenMode::kManual;
      break;
    case ipc::CheckpointFloor::kRealtime:
      memory.mode = ListenMode::kRealtime;
      break;
    default:
      return std::nullopt;
  }
  // Without a key nothing is held, and push-to-talk hears only while it is.
  if (memory.key_held && memory.mode != ListenMode::kManual) return std::nullopt;
  if (memory.hears && memory.mode == ListenMode::kManual && !memory.key_held) return std::nullopt;
  if (from.nags() > kMaxNags) return std::nullopt;
  memory.nags = static_cast<int>(from.nags());
  return memory;
}

ToolCall read(const ipc::CheckpointCall& from) {
  return {.id = from.id(), .name = from.name(), .arguments = from.arguments(), .unusable = from.unusable()};
}

// A brain refuses a dialogue in which a tool answers what nobody asked.
template <class Messages>
std::optional<std::vector<Message>> read_messages(const Messages& from) {
  std::vector<Message> messages;
  std::multiset<std::string, std::less<>> open_calls;  // the brain names them, and may name two alike
  if (from.size() > kMaxMessages) return std::nullopt;
  for (const ipc::CheckpointMessage& one : from) {
    const bool tool = one.role() == ipc::CheckpointMessage::kTool;
    if (!tool && one.role() != ipc::CheckpointMessage::kAssistant) return std::nullopt;
    if (one.calls_size() > (tool ? 0 : kMaxCalls)) return std::nullopt;
    if (tool) {
      const auto call = open_calls.find(one.call_id());
      if (call == open_calls.end()) return std::nullopt;
      open_calls.erase(call);
    }
    Message message{.role = tool ? Message::Role::kTool : Message::Role::kAssistant,
                    .text = one.text(),
                    .tool_calls = {},
                    .tool_call_id = one.call_id(),
                    .is_error = one.is_error()};
    for (const ipc::CheckpointCall& call : one.calls()) {
      open_calls.insert(call.id());
      message.tool_calls.push_back(read(call));
    }
    messages.push_back(std::move(message));
  }
  return messages;
}

std::optional<DialogueTurn> read(const ipc::CheckpointTurn& from) {
  auto reply = read_messages(from.reply());
  if (!reply) return std::nullopt;
  return DialogueTurn{.words = from.words(), .reply = std::move(*reply)};
}

std::optional<TurnSource> read(ipc::CheckpointReply::Source from) {
  switch (from) {
    case ipc::CheckpointReply::kSpeech:
      return TurnSource::kSpeech;
    case ipc::CheckpointReply::kText:
      return TurnSource::kText;
    case ipc::CheckpointReply::kWakeWord:
      return TurnSource::kWakeWord;
    case ipc::CheckpointReply::kServer:
      return TurnSource::kServer;
    default:
      return std::nullopt;
  }
}

std::optional<ReplyUnderWay> read(const ipc::CheckpointReply& from) {
  const auto source = read(from.source());
  auto messages = read_messages(from.messages());
  if (!source || !messages || from.turn() == 0 || from.turn() > kMaxTurn) return std::nullopt;
  if (from.rounds_size() > kMaxMessages || from.sentences_size() > kMaxSentences) return std::nullopt;
  if (from.say_id().size() > kMaxSayIdBytes) return std::nullopt;
  std::vector<std::size_t> rounds;
  for (const std::uint32_t round : from.rounds()) {
    const bool grows = rounds.empty() || round >= rounds.back();
    if (!grows || round > static_cast<std::uint32_t>(from.sentences_size())) return std::nullopt;
    rounds.push_back(round);
  }
  return ReplyUnderWay{
      .turn = TurnId{from.turn()},
      .source = *source,
      .remembered = from.remembered(),
      .understood = from.understood(),
      .words = from.words(),
      .record = ReplyRecord(std::move(*messages), {from.sentences().begin(), from.sentences().end()}, rounds),
      .complete = from.complete(),
      .all_sent = from.all_sent(),
      .end_session = from.end_session(),
      .heard = from.heard(),
      .say_id = from.say_id(),
      .tells_late = from.tells_late()};
}

std::optional<KnownTools> read(const ipc::CheckpointTools& from) {
  if (from.tools_size() > kMaxTools || from.last_id() > kMaxRequestId) return std::nullopt;
  KnownTools known{.tools = {}, .last_id = static_cast<std::int32_t>(from.last_id())};
  for (const ipc::CheckpointTool& one : from.tools()) {
    if (one.name().empty() || one.name().size() > kMaxToolNameBytes) return std::nullopt;
    known.tools.push_back(
        {.name = one.name(), .description = one.description(), .input_schema = one.schema()});
  }
  return known;
}

std::optional<PendingSay> read(const ipc::CheckpointSay& from) {
  if (from.text().empty() || from.text().size() > PendingSays::kMaxTextBytes) return std::nullopt;
  return PendingSay{.id = from.id(), .text = from.text(), .again = from.again()};
}

bool is_sane(const ipc::CheckpointHearing& hearing) {
  return hearing.silence_ms() <= kMaxSilenceMs && std::isfinite(hearing.echo_loss_db()) &&
         hearing.echo_loss_db() >= 0 && hearing.echo_loss_db() <= kMaxEchoLossDb;
}

}  // namespace

std::string write_checkpoint(const ConversationState& state) {
  ipc::Checkpoint checkpoint;
  checkpoint.set_version(kCheckpointVersion);
  checkpoint.set_language(state.language);
  checkpoint.set_last_turn(number(state.last_turn));
  ipc::CheckpointFloor& floor = *checkpoint.mutable_floor();
  floor.set_mode(written(state.floor.mode));
  floor.set_hears(state.floor.hears);
  floor.set_key_held(state.floor.key_held);
  floor.set_nags(std::min(static_cast<std::uint32_t>(state.floor.nags), kMaxNags));
  checkpoint.mutable_hearing()->set_silence_ms(static_cast<std::uint32_t>(state.hearing.silence.count()));
  checkpoint.mutable_hearing()->set_echo_loss_db(state.hearing.echo_loss_db);
  for (const DialogueTurn& turn : state.dialogue) {
    ipc::CheckpointTurn& one = *checkpoint.add_turns();
    one.set_words(turn.words);
    for (const Message& message : turn.reply) write(message, *one.add_reply());
  }
  if (state.tools) write(*state.tools, *checkpoint.mutable_tools());
  for (const LateResult& late : state.late_results) {
    ipc::CheckpointLateResult& one = *checkpoint.add_late_results();
    write(late.call, *one.mutable_call());
    one.set_text(late.text.ok() ? *late.text : late.text.error().message);
    one.set_failed(!late.text.ok());
  }
  for (const PendingSay& say : state.says) {
    ipc::CheckpointSay& one = *checkpoint.add_says();
    one.set_id(say.id);
    one.set_text(say.text);
    one.set_again(say.again);
  }
  if (state.reply) write(*state.reply, *checkpoint.mutable_reply());
  fit(checkpoint);
  return checkpoint.SerializeAsString();
}

Result<ConversationState> read_checkpoint(ByteView bytes) {
  if (bytes.size() > kMaxCheckpointBytes)
    return Error{ErrorCode::kTooLarge, "the checkpoint is larger than any that is written"};
  ipc::Checkpoint from;
  if (!from.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return refused("it cannot be read");
  if (from.version() != kCheckpointVersion) return refused("it is of another version");
  if (from.language().size() > kMaxLanguageBytes || from.last_turn() > kMaxTurn || !is_sane(from.hearing()))
    return refused("a value is out of its range");
  if (from.turns_size() > kMaxTurns ||
      from.late_results_size() > static_cast<int>(ToolBox::kMaxLateResults) ||
      from.says_size() > static_cast<int>(PendingSays::kMax) + 1)
    return refused("there is too much of something");

  ConversationState state;
  state.language = from.language();
  state.last_turn = TurnId{from.last_turn()};
  state.hearing = {.silence = Milliseconds{from.hearing().silence_ms()},
                   .echo_loss_db = from.hearing().echo_loss_db()};
  const auto floor = read(from.floor());
  if (!floor) return refused("nobody listens like that");
  state.floor = *floor;
  for (const ipc::CheckpointTurn& one : from.turns()) {
    auto turn = read(one);
    if (!turn) return refused("a turn is none");
    state.dialogue.push_back(std::move(*turn));
  }
  if (from.has_tools()) {
    state.tools = read(from.tools());
    if (!state.tools) return refused("the tools are none");
  }
  for (const ipc::CheckpointLateResult& one : from.late_results()) {
    LateResult late{.call = read(one.call()), .text = one.text()};
    if (one.failed()) late.text = Error{ErrorCode::kInternal, one.text()};
    state.late_results.push_back(std::move(late));
  }
  for (const ipc::CheckpointSay& one : from.says()) {
    auto say = read(one);
    if (!say) return refused("what waits to be said is nothing");
    state.says.push_back(std::move(*say));
  }
  if (from.has_reply()) {
    state.reply = read(from.reply());
    if (!state.reply) return refused("the reply is none");
  }
  return state;
}

ConversationState as_history(ConversationState ended) {
  ConversationState history;
  history.language = std::move(ended.language);
  history.hearing = ended.hearing;
  history.dialogue = std::move(ended.dialogue);
  history.reply = std::move(ended.reply);
  if (history.reply) history.reply->turn = TurnId{};
  return history;
}

}  // namespace earshot::worker
