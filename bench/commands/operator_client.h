// An operator on the broker: commands out, receipts in, with the time that each took. libmosquitto, as any
// program of an operator would use it.
//
// Runs on: a thread of libmosquitto receives; the public methods belong to one other thread.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

struct mosquitto;

namespace earshot::bench {

class OperatorClient {
 public:
  OperatorClient();
  ~OperatorClient();
  OperatorClient(const OperatorClient&) = delete;
  OperatorClient& operator=(const OperatorClient&) = delete;

  // Connects and subscribes to all receipts.
  // Errors: kTimeout, kUnavailable.
  Status connect(std::uint16_t port, const std::string& name, const std::string& password);
  void command(const std::string& mac, const std::string& id, const std::string& request);
  // Until so many commands have ended, or the time is over.
  // RETURNS: whether all have.
  bool wait_for(std::size_t ended, Milliseconds patience);

  struct Summary {
    std::size_t given = 0;
    std::size_t answered = 0;
    std::size_t otherwise = 0;  // failed, expired
    std::size_t doubled = 0;    // a second end of the same command
    std::vector<double> ms;     // from publish to the answered receipt
    std::string problem;        // the first receipt that was no answer
  };
  Summary take();

 private:
  struct Callbacks;
  void on_receipt(const std::string& topic, const std::string& payload);

  mosquitto* handle_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool subscribed_ = false;
  struct Given {
    SteadyTime when;
    bool ended = false;
  };
  std::map<std::string, Given> given_;
  Summary summary_;
};

}  // namespace earshot::bench
