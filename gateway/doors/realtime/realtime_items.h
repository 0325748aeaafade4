// The items of a Realtime conversation: what was said and called, as its client sees it. Pure.
//
// Bounded: kMaxItems and kMaxBytes of text; the oldest go first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"
#include "gateway/doors/realtime/realtime_dialect.h"
#include "gateway/doors/realtime/realtime_error.h"
#include "ipc.pb.h"

namespace earshot::gateway {

struct RealtimeItem {
  enum class Kind : std::uint8_t { kMessage, kCall, kCallOutput };
  enum class Role : std::uint8_t { kUser, kAssistant, kSystem };
  enum class Status : std::uint8_t { kInProgress, kCompleted, kIncomplete };
  struct Sentence {
    std::uint64_t start_ms = 0;  // in the item's audio
    std::string text;
  };

  std::string id;
  Kind kind = Kind::kMessage;
  Role role = Role::kUser;
  Status status = Status::kCompleted;
  bool audio = false;  // a message that is spoken: its text is a transcript
  bool transcribed = true;
  std::string text;                 // of a message; a call's arguments; an output
  std::vector<Sentence> sentences;  // of an assistant's message
  std::uint64_t audio_ms = 0;       // the same
  std::string call_id;
  std::string name;
};

// As the dialect shows it.
json::object item_json(const RealtimeItem& item, RealtimeDialect dialect);

// From a client's conversation.item.create or response.create. `id` is empty when the client gave none.
struct ReadItem {
  std::optional<RealtimeItem> item;
  RealtimeError error = {};  // without an item
};
ReadItem read_item(const json::object& item);

class RealtimeItems {
 public:
  static constexpr std::size_t kMaxItems = 1000;
  static constexpr std::size_t kMaxBytes = 512 * 1024;
  static constexpr std::size_t kMaxIdBytes = 64;
  static constexpr std::size_t kMaxTextBytes = 64 * 1024;  // of one item

  // Behind `previous`; "root": in front of all; nullopt: at the end.
  // RETURNS: nullptr: there is no such item. Valid until the next call that adds or removes.
  RealtimeItem* add(RealtimeItem item, const std::optional<std::string>& previous = std::nullopt);
  RealtimeItem* find(std::string_view id);
  // nullopt: it is the first.
  std::optional<std::string> before(std::string_view id) const;
  bool remove(std::string_view id);
  void grew();  // an item's text has. Cost: looks at all
  bool empty() const { return items_.empty(); }
  std::size_t size() const { return items_.size(); }

  // What a worker is to know of them: the latest that fit a record.
  void write(google::protobuf::RepeatedPtrField<ipc::CallLine>& lines) const;

 private:
  static std::size_t size_of(const RealtimeItem& item) { return item.text.size() + item.id.size(); }
  void bound();

  std::deque<RealtimeItem> items_;
  std::size_t bytes_ = 0;  // of them, when the last call that changed them returned
};

// How a worker is told; nothing of a call and of sound that was not understood.
void write_line(const RealtimeItem& item, google::protobuf::RepeatedPtrField<ipc::CallLine>& lines);

}  // namespace earshot::gateway
