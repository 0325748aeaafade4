// The worker's end of a session: a value that knows the way, and may be empty.
//
// Runs on: the shard's thread.
// Borrows: the port, until the session is told that its worker is lost.
#pragma once

#include "ipc.pb.h"

namespace earshot::gateway {

// A link to a worker, as a session sees it. The envelope lives during the call only.
class WorkerPort {
 public:
  virtual ~WorkerPort() = default;
  virtual void send(const ipc::Envelope& control) = 0;
  virtual void send_audio(const ipc::Envelope& audio) = 0;
};

class WorkerLeg {
 public:
  WorkerLeg() = default;  // nobody: what is sent is lost
  // `hands_over`: it writes checkpoints, and goes on from those of others.
  explicit WorkerLeg(WorkerPort& port, bool hands_over = false) : port_(&port), hands_over_(hands_over) {}

  bool hands_over() const { return hands_over_; }
  void send(const ipc::Envelope& control) const {
    if (port_ != nullptr) port_->send(control);
  }
  void send_audio(const ipc::Envelope& audio) const {
    if (port_ != nullptr) port_->send_audio(audio);
  }

 private:
  WorkerPort* port_ = nullptr;
  bool hands_over_ = false;
};

}  // namespace earshot::gateway
