#include "common/auth/mqtt_topics.h"

namespace earshot::auth {

namespace {

constexpr std::string_view kDevices = "devices/";
constexpr std::string_view kUp = "/up";
constexpr std::string_view kDown = "/down";
constexpr std::string_view kPeerToPeer = "devices/p2p/";
constexpr std::string_view kCommand = "earshot/command/";
constexpr std::string_view kOperator = "earshot/operator/";
constexpr std::string_view kCommandLevel = "/command/";
constexpr std::size_t kMaxReplyTopicBytes = 256;
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

std::string operator_command_topic(std::string_view operator_name, std::string_view device) {
  return join(kOperator, operator_name, kCommandLevel).append(device);
}

std::optional<std::string_view> device_of_command_topic(std::string_view topic) {
  return level_between(topic, kCommand, "");
}

std::optional<OperatorCommandTopic> parse_operator_command_topic(std::string_view topic) {
  if (!topic.starts_with(kOperator)) return std::nullopt;
  topic.remove_prefix(kOperator.size());
  const auto level = topic.find(kCommandLevel);
  if (level == std::string_view::npos || level == 0) return std::nullopt;
  const OperatorCommandTopic parsed{.operator_name = topic.substr(0, level),
                                    .device = topic.substr(level + kCommandLevel.size())};
  const auto has_slash = [](std::string_view text) { return text.find('/') != std::string_view::npos; };
  if (parsed.device.empty() || has_slash(parsed.operator_name) || has_slash(parsed.device))
    return std::nullopt;
  return parsed;
}

bool is_words_topic_of(std::string_view topic_or_filter, std::string_view operator_name) {
  if (operator_name.empty() || !topic_or_filter.starts_with(kWords)) return false;
  const std::string_view below = topic_or_filter.substr(kWords.size());
  return below.starts_with(operator_name) && below.substr(operator_name.size()).starts_with('/');
}

bool is_reply_topic(std::string_view topic) {
  return topic.size() > kReplies.size() && topic.size() <= kMaxReplyTopicBytes &&
         topic.starts_with(kReplies) && topic.find_first_of("+#") == std::string_view::npos;
}

std::optional<std::string_view> client_id_of_up_topic(std::string_view topic) {
  return level_between(topic, kDevices, kUp);
}

std::optional<std::string_view> client_id_of_down_topic(std::string_view topic) {
  return level_between(topic, kDevices, kDown);
}

std::optional<std::string_view> device_of_p2p_topic(std::string_view topic) {
  return level_between(topic, kPeerToPeer, "");
}

std::optional<std::string_view> client_id_of_presence_topic(std::string_view topic) {
  return level_between(topic, kPresence, "");
}

}  // namespace earshot::auth
