#include "bench/commands/operator_client.h"

#include <mosquitto.h>

#include <thread>
#include <utility>

#include "common/json/json.h"

namespace earshot::bench {

struct OperatorClient::Callbacks {
  static OperatorClient& client(void* self) { return *static_cast<OperatorClient*>(self); }
  static void connected(mosquitto* handle, void*, int code) {
    if (code == 0) mosquitto_subscribe(handle, nullptr, "earshot/receipt/#", 0);
  }
  static void subscribed(mosquitto*, void* self, int, int, const int*) {
    const std::scoped_lock lock(client(self).mutex_);
    client(self).subscribed_ = true;
    client(self).changed_.notify_all();
  }
  static void message(mosquitto*, void* self, const mosquitto_message* message) {
    client(self).on_receipt(message->topic, {static_cast<const char*>(message->payload),
                                             static_cast<std::size_t>(message->payloadlen)});
  }
};

OperatorClient::OperatorClient() {
  mosquitto_lib_init();
  handle_ = mosquitto_new("bench-operator", true, this);
  mosquitto_int_option(handle_, MOSQ_OPT_TCP_NODELAY, 1);
  mosquitto_connect_callback_set(handle_, Callbacks::connected);
  mosquitto_subscribe_callback_set(handle_, Callbacks::subscribed);
  mosquitto_message_callback_set(handle_, Callbacks::message);
}

OperatorClient::~OperatorClient() {
  mosquitto_disconnect(handle_);
  mosquitto_loop_stop(handle_, true);
  mosquitto_destroy(handle_);
}

Status OperatorClient::connect(std::uint16_t port, const std::string& name, const std::string& password) {
  mosquitto_username_pw_set(handle_, name.c_str(), password.c_str());
  mosquitto_reconnect_delay_set(handle_, 1, 1, false);  // the gateway may still be telling who may log in
  if (mosquitto_connect(handle_, "127.0.0.1", port, 30) != MOSQ_ERR_SUCCESS) {
    return Error{ErrorCode::kUnavailable, "no broker"};
  }
  mosquitto_loop_start(handle_);
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, std::chrono::seconds(10), [this] { return subscribed_; })) return kDone;
  return Error{ErrorCode::kTimeout, "the operator is not let in"};
}

void OperatorClient::command(const std::string& mac, const std::string& id, const std::string& request) {
  {
    const std::scoped_lock lock(mutex_);
    given_[id].when = std::chrono::steady_clock::now();
    ++summary_.given;
  }
  mosquitto_publish(handle_, nullptr, ("earshot/command/" + mac).c_str(), static_cast<int>(request.size()),
                    request.data(), 0, false);
}

bool OperatorClient::wait_for(std::size_t ended, Milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return summary_.answered + summary_.otherwise >= ended; });
}

OperatorClient::Summary OperatorClient::take() {
  const std::scoped_lock lock(mutex_);
  given_.clear();
  return std::exchange(summary_, {});
}

void OperatorClient::on_receipt(const std::string&, const std::string& payload) {
  const auto now = std::chrono::steady_clock::now();
  const auto receipt = json::parse_object(payload, 256 * 1024);
  if (!receipt) return;
  const std::scoped_lock lock(mutex_);
  const auto found = given_.find(std::string(json::find_string(*receipt, "id").value_or("")));
  const auto state = json::find_string(*receipt, "state").value_or("");
  if (found == given_.end() || state == "queued" || state == "sent") return;
  if (std::exchange(found->second.ended, true)) {
    ++summary_.doubled;
  } else if (state == "answered") {
    ++summary_.answered;
    summary_.ms.push_back(std::chrono::duration<double, std::milli>(now - found->second.when).count());
  } else {
    ++summary_.otherwise;
    if (summary_.problem.empty()) summary_.problem = payload;
  }
  changed_.notify_all();
}

}  // namespace earshot::bench
