// One reply to a Coze client, told in the order that clients know and no faster than the client takes sound. Pure.
//
//   conversation.chat.created, .in_progress; for each sentence conversation.message.delta and, with its sound,
//   conversation.audio.sentence_start and conversation.audio.delta; conversation.message.completed; then, when all
//   sound has left, conversation.audio.completed and conversation.chat.completed.
//
// A recital (input_text.generate_audio, the prologue) is sound alone: sentence_start, deltas and audio.completed, with ids
// of "0". One of the speech service has events of its own: speech.audio.update and speech.audio.completed.
//
// Runs on: its owner's thread.
// Borrows: events, and the pacing of its client, which outlive it.
// Lifecycle: made -> begin() -> ... -> finish(), and pump() until it is over; or fail(), or cancel(): then nothing follows.
// Bounded: kMaxWaitingBytes of sound wait; the oldest is dropped.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "gateway/doors/coze/coze_events.h"
#include "gateway/doors/coze/coze_settings.h"

namespace earshot::gateway {

// Whose conversation events tell of.
struct CozePlace {
  std::string conversation;
  std::string section;
  std::string bot;
};

class CozeReply {
 public:
  static constexpr std::size_t kMaxWaitingBytes = 4 * 1024 * 1024;
  enum class Kind : std::uint8_t { kChat, kRecital, kSpeech };
  // As conversation.chat.canceled numbers them.
  enum class Cancelled : std::uint8_t { kBySpeech = 1, kByClient = 2, kByMessage = 3 };
  struct Usage {
    std::uint32_t input_tokens = 0;
    std::uint32_t output_tokens = 0;
  };
  struct ToolCall {
    std::string id;
    std::string name;
    std::string arguments;  // JSON
  };

  CozeReply(CozeEvents& events, DeltaPacing& pacing, const CozeSettings& settings, CozePlace place, Kind kind,
            std::string chat_id);
  CozeReply(const CozeReply&) = delete;
  CozeReply& operator=(const CozeReply&) = delete;

  void begin();
  void sentence(std::string_view text);
  void sound(ByteView frame);
  void requires_action(const std::vector<ToolCall>& calls);
  void finish(Usage usage);  // the worker has told all of it
  void fail(const CozeError& error);
  void cancel(Cancelled why);

  // Sends what may leave.
  // RETURNS: it is over: all of a reply that was finished has left.
  bool pump(SteadyTime now);
  void hurry() { hurries_ = true; }  // nobody will say that time passes
  // REQUIRES: pump(now) came before. nullopt: it waits for the worker.
  std::optional<SteadyTime> next_deadline(SteadyTime now) const;

  const std::string& chat_id() const { return chat_id_; }
  const std::string& text() const { return text_; }
  bool is_recital() const { return kind_ != Kind::kChat; }
  bool is_finished() const { return usage_.has_value(); }

  std::uint32_t tag = 0;   // that the worker was asked with; 0: it decided by itself, or recites
  std::uint32_t turn = 0;  // of the worker; 0: it has not begun

 private:
  struct Waiting {
    std::string sentence;  // begins here
    Bytes sound;
  };
  json::object chat(std::string_view status) const;
  json::object message(std::string_view type, std::string_view content, std::string_view content_type) const;
  void flush_chunk();
  void wait(Waiting one);

  CozeEvents& events_;
  DeltaPacing& pacing_;
  CozePlace place_;
  Kind kind_;
  std::string chat_id_;
  std::string message_id_;
  std::int64_t created_s_;
  std::string audio_head_;   // of each delta
  std::size_t chunk_bytes_;  // 0: a frame a delta
  Bytes chunk_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::string text_;
  std::optional<Usage> usage_;
  bool hurries_ = false;
};

// A user's words, as conversation.message.completed tells them.
json::object question_json(const CozePlace& place, std::string_view message_id, std::string_view chat_id,
                           std::string_view content, std::int64_t created_s);

}  // namespace earshot::gateway
