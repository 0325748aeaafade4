#include "gateway/doors/operators/operator_door.h"

#include <algorithm>
#include <utility>

#include "common/auth/mqtt_topics.h"
#include "gateway/control/commands/command_json.h"
#include "gateway/control/events/event_words.h"

namespace earshot::gateway {

namespace {

// What operators are told of; `device` is for the console.
constexpr std::array<std::string_view, 7> kShownEvents{"online", "offline", "session", "turn",
                                                       "tool",   "command", "firmware"};

// `device`: one level, as the broker has let it through.
std::string receipt_topic(std::string_view device, std::string_view id) {
  return std::string(auth::kReceipts).append(device).append("/").append(id);
}

std::string receipt_of(const store::Command& command) {
  json::object shown = commands::to_json(command);
  std::string text = json::serialize(shown);
  if (text.size() <= broker::kMaxMqttPayloadBytes) return text;
  shown["result"] = json::object{{"too_large", true}};  // the HTTP API has it
  return json::serialize(shown);
}

constexpr std::size_t kMaxNamedBytes = 64;

std::string payload_of(const gateway::Event& event, const json::object& data) {
  json::object shown{{"at", event.at_ms}};
  for (const auto& member : data) shown[member.key()] = member.value();
  return json::serialize(shown);
}

// The id that a request names although it is wrong, so that its sender finds the receipt.
std::string id_of_bad_request(std::string_view payload) {
  const auto parsed = json::parse_object(payload, commands::kMaxRequestBytes);
  if (!parsed) return "invalid";
  const auto id = json::find_string(*parsed, "id").value_or("");
  return commands::is_command_key(id) ? std::string(id) : "invalid";
}

}  // namespace

OperatorDoor::OperatorDoor(Executor executor, broker::MqttLink& link, commands::CommandService& commands,
                           EventHub& hub, const Clock& clock)
    : executor_(std::move(executor)), link_(link), commands_(commands), hub_(hub), clock_(clock) {
  commands_.on_receipt([this](const store::Command& command) { publish_receipt(command); });
  subscription_ = hub_.subscribe([this](const gateway::Event& event) { publish_event(event); });
}

OperatorDoor::~OperatorDoor() {
  commands_.on_receipt({});
  hub_.unsubscribe(subscription_);
}

void OperatorDoor::set_operators(const std::vector<store::BrokerOperator>& all) {
  operators_.clear();
  for (const store::BrokerOperator& who : all) operators_.emplace(who.name, who);
  publish_table();
}

void OperatorDoor::post(const broker::OperatorMessage& message) {
  if (pending_.fetch_add(1, std::memory_order_relaxed) >= kMaxPending) {
    pending_.fetch_sub(1, std::memory_order_relaxed);
    dropped_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  asio::post(executor_, [this, order = Order{.operator_name = std::string(message.operator_name),
                                             .device = std::string(message.device),
                                             .payload = std::string(message.payload),
                                             .response_topic = std::string(message.response_topic),
                                             .correlation = std::string(message.correlation)}] {
    pending_.fetch_sub(1, std::memory_order_relaxed);
    handle(order);
  });
}

void OperatorDoor::handle(const Order& order) {
  const auto who = operators_.find(order.operator_name);
  if (who == operators_.end()) return counters_.add(OperatorEvent::kUnknownOperator);
  if (!rate_.take(order.operator_name, clock_.now())) return counters_.add(OperatorEvent::kRateLimited);
  const auto device = DeviceId::parse(order.device);
  if (!device) {
    counters_.add(OperatorEvent::kBadDevice);
    return refuse(
        order, json::clean_text(order.device, kMaxNamedBytes), id_of_bad_request(order.payload),
        "bad_arguments",
        "the topic must name the device by its MAC address: names are for people, two may be the same");
  }
  counters_.add(OperatorEvent::kCommand);
  auto request = commands::parse_command_request(order.payload, device);
  if (!request) {
    counters_.add(OperatorEvent::kBadRequest);
    return refuse(order, device->text(), id_of_bad_request(order.payload), "bad_arguments",
                  request.error().message);
  }
  commands_.give(std::move(*request),
                 {.by = "operator:" + order.operator_name, .user_tools = who->second.user_tools},
                 [this, order](const std::vector<commands::Given>& all) { given(order, all.front()); });
}

void OperatorDoor::given(const Order& order, const commands::Given& given) {
  const store::Command& command = given.command;
  if (!given.refused.empty()) {
    counters_.add(OperatorEvent::kRefused);
    return refuse(order, command.device.text(), command.id, given.refused, given.message);
  }
  if (given.repeated) publish_receipt(command);
  if (order.response_topic.empty()) return;
  if (commands::is_finished(command.state)) return answer(order, receipt_of(command));
  // One answer to one request, as mosquitto_rr and its like expect: the end.
  commands_.watch(command.by, command.id, [this, order](const store::Command& changed) {
    if (commands::is_finished(changed.state)) answer(order, receipt_of(changed));
  });
}

void OperatorDoor::refuse(const Order& order, const std::string& device, const std::string& id,
                          std::string_view code, std::string_view message) {
  const std::string receipt =
      json::serialize(json::object{{"id", id},
                                   {"device", device},
                                   {"state", "failed"},
                                   {"by", "operator:" + order.operator_name},
                                   {"error", json::object{{"code", code}, {"message", message}}}});
  link_.publish_receipt(receipt_topic(device, id), receipt);
  answer(order, receipt);
}

void OperatorDoor::answer(const Order& order, const std::string& receipt) {
  if (order.response_topic.empty()) return;
  counters_.add(OperatorEvent::kAnswered);
  link_.publish_receipt(order.response_topic, receipt, order.correlation);
}

void OperatorDoor::publish_receipt(const store::Command& command) {
  link_.publish_receipt(receipt_topic(command.device.text(), command.id), receipt_of(command));
}

void OperatorDoor::publish_event(const gateway::Event& event) {
  if (!events_read_.load(std::memory_order_relaxed)) return;
  if (event.device.text().empty() || std::ranges::find(kShownEvents, event.kind) == kShownEvents.end())
    return;
  const std::string below = event.device.text() + "/" + event.kind;
  // This topic is everybody's.
  link_.publish_event(std::string(auth::kEvents) + below, payload_of(event, gateway::without_words(event)));
  if (!gateway::has_words(event)) return;
  const std::string whole = payload_of(event, event.data);
  for (const auto& [name, who] : operators_) {
    if (who.texts)
      link_.publish_event(std::string(auth::kWords).append(name).append("/").append(below), whole);
  }
}

void OperatorDoor::publish_table() {
  std::string table;
  for (const auto& [name, who] : operators_) table += name + " " + who.password_hash + "\n";
  link_.publish_operators(table);
}

}  // namespace earshot::gateway
