// How many WebSockets are open, in all and of each peer. They live on other threads than the server that counts
// them: a place gives itself back from wherever its socket ends, through two atomic numbers and nothing else.
//
// Runs on: the server's executor; a Place is destroyed on any thread.
// Bounded: numbers of peers that have none any more are forgotten when they are more than the others.
#pragma once

#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace earshot::http {

class WebSocketPlaces {
 private:
  using Number = std::shared_ptr<std::atomic<std::size_t>>;

 public:
  class Place {
   public:
    Place(Place&&) = default;
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (of_all_) --*of_all_;
      if (of_peer_) --*of_peer_;
    }

   private:
    friend class WebSocketPlaces;
    Place(Number of_all, Number of_peer) : of_all_(std::move(of_all)), of_peer_(std::move(of_peer)) {
      ++*of_all_;
      if (of_peer_) ++*of_peer_;
    }
    Number of_all_;
    Number of_peer_;  // null: of a peer that is not counted
  };

  WebSocketPlaces(std::size_t most, std::size_t most_per_peer) : most_(most), most_per_peer_(most_per_peer) {}

  // RETURNS: nullopt when there is none left. An empty key counts in the total only.
  std::optional<Place> take(const std::string& peer_key) {
    if (*all_ >= most_) return std::nullopt;
    if (peer_key.empty()) return Place(all_, nullptr);
    forget_idle_peers();
    Number& number = by_peer_[peer_key];
    if (!number) number = std::make_shared<std::atomic<std::size_t>>(0);
    if (*number >= most_per_peer_) return std::nullopt;
    return Place(all_, number);
  }
  std::size_t taken() const { return *all_; }
  std::size_t peers_known() const { return by_peer_.size(); }

 private:
  void forget_idle_peers() {
    if (by_peer_.size() < 2 * (*all_ + 32)) return;
    std::erase_if(by_peer_, [](const auto& entry) { return *entry.second == 0; });
  }

  std::size_t most_;
  std::size_t most_per_peer_;
  Number all_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::map<std::string, Number> by_peer_;
};

}  // namespace earshot::http
