// Changes that wait for the disk, one at a time for each key, in the order they came: the next one begins from
// what the one before has left.
//
// Runs on: its owner's executor.
// Owns: the changes that wait. Each holds a request of somebody who waits too, which bounds them.
// Use: enter(key, begin) calls begin() now or when it is its turn; whoever has begun calls leave(key) once.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <unordered_map>
#include <utility>

namespace earshot::store {

template <class Key>
class ChangeLine {
 public:
  using Begin = std::function<void()>;

  void enter(const Key& key, Begin begin) {
    std::deque<Begin>& line = lines_[key];
    line.push_back(std::move(begin));
    if (line.size() == 1) run_first(line);
  }
  void leave(const Key& key) {
    const auto found = lines_.find(key);
    if (found == lines_.end()) return;
    found->second.pop_front();
    if (found->second.empty()) {
      lines_.erase(found);
    } else {
      run_first(found->second);
    }
  }
  bool busy(const Key& key) const { return lines_.contains(key); }

 private:
  // It keeps its place in the line until it leaves.
  static void run_first(std::deque<Begin>& line) {
    const Begin begin = std::exchange(line.front(), nullptr);
    begin();
  }

  std::unordered_map<Key, std::deque<Begin>> lines_;
};

}  // namespace earshot::store
