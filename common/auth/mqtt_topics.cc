#include "common/auth/mqtt_topics.h"

namespace earshot::auth {

namespace {

constexpr std::string_view kDevices = "devices/";
constexpr std::string_view kUp = "/up";
constexpr std::string_view kDown = "/down";
constexpr std::string_view kPresence = "earshot/presence/";

std::string join(std::string_view prefix, std::string_view client_id, std::string_view suffix) {
  std::string topic;
  topic.reserve(prefix.size() + client_id.size() + suffix.size());
  return topic.append(prefix).append(client_id).append(suffix);
}

std::optional<std::string_view> level_between(std::string_view topic, std::string_view prefix,
                                              std::string_view suffix) {
  if (topic.size() <= prefix.size() + suffix.size()) return std::nullopt;
  if (!topic.starts_with(prefix) || !topic.ends_with(suffix)) return std::nullopt;
  topic.remove_prefix(prefix.size());
  topic.remove_suffix(suffix.size());
  if (topic.find('/') != std::string_view::npos) return std::nullopt;
  return topic;
}

}  // namespace

std::string up_topic(std::string_view client_id) {
  return join(kDevices, client_id, kUp);
}

std::string down_topic(std::string_view client_id) {
  return join(kDevices, client_id, kDown);
}

std::string presence_topic(std::string_view client_id) {
  return join(kPresence, client_id, "");
}

std::optional<std::string_view> client_id_of_up_topic(std::string_view topic) {
  return level_between(topic, kDevices, kUp);
}

std::optional<std::string_view> client_id_of_down_topic(std::string_view topic) {
  return level_between(topic, kDevices, kDown);
}

std::optional<std::string_view> client_id_of_presence_topic(std::string_view topic) {
  return level_between(topic, kPresence, "");
}

}  // namespace earshot::auth
