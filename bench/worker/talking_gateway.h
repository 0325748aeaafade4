// The gateway's end of one worker's link, with talkers for devices.
//
// Runs on: the io_context given, all methods too.
// Owns: listener, channel, talkers, the timer that moves them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "bench/worker/talker.h"
#include "common/asio/asio.h"
#include "common/ipc/channel.h"
#include "common/ipc/listener.h"

namespace earshot::bench {

class TalkingGateway {
 public:
  // Throws StartupError. `speech` outlives it.
  TalkingGateway(asio::io_context& io, const ipc::Endpoint& endpoint, const UserSpeech& speech);

  // Runs the io_context until a worker has said hello.
  // RETURNS: false when none did in time.
  bool await_worker(Milliseconds patience);
  // Their first words are spread over `spread`.
  void add_talkers(int count, Milliseconds spread);
  void run_for(Milliseconds time);  // runs the io_context

  void forget_stats();
  TalkerStats stats() const;  // of all talkers
  int refused() const;
  bool connected() const { return channel_ != nullptr && channel_->is_open() && !lost_; }
  // How late the talkers' own timer was at worst: a bench that is late itself measures nothing.
  Milliseconds worst_own_delay() const { return worst_delay_; }

 private:
  void on_envelope(const ipc::Envelope& envelope);
  void arm();

  asio::io_context& io_;
  const UserSpeech& speech_;
  asio::steady_timer timer_;
  std::shared_ptr<ipc::Listener> listener_;
  std::shared_ptr<ipc::Channel> channel_;
  bool greeted_ = false;
  bool lost_ = false;
  std::vector<std::unique_ptr<Talker>> talkers_;  // session = place + 1
  Milliseconds worst_delay_{0};
};

}  // namespace earshot::bench
