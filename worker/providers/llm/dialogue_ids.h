// What services that keep the dialogue call it: their ids by our session. Pure.
//
// Runs on: one thread.
// Bounded: beyond `capacity` the session that was silent longest is forgotten,
// and its next request begins a new dialogue.
#pragma once

#include <cstddef>
#include <list>
#include <map>
#include <string>
#include <utility>

namespace earshot::worker {

struct DialogueId {
  std::string dialogue;
  std::string open_chat;  // not empty: it waits for the answers to its tool calls
};

class DialogueIds {
 public:
  explicit DialogueIds(std::size_t capacity = 4096) : capacity_(capacity) {}

  // RETURNS: empty ids for a session that is not known, or that is "".
  DialogueId find(const std::string& session);
  void remember(const std::string& session, DialogueId id);  // "" is not remembered
  void forget(const std::string& session);

 private:
  using Entry = std::pair<std::string, DialogueId>;
  std::size_t capacity_;
  std::list<Entry> recent_;  // the latest first
  std::map<std::string, std::list<Entry>::iterator> by_session_;
};

}  // namespace earshot::worker
