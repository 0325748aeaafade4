// What has changed between two effective configurations (ConfigReader::effective()). Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace earshot {

// The keys whose values differ, or that only one of the two has, in the order of their names.
std::vector<std::string> changed_keys(std::string_view before, std::string_view after);

struct ConfigChanges {
  std::vector<std::string> applied;        // "log.level"
  std::vector<std::string> wants_restart;  // changed in the file, and in force only at the next start
};

// `live`: keys that a reload applies; one that ends in a dot stands for all keys below it.
ConfigChanges sort_changes(const std::vector<std::string>& changed,
                           const std::vector<std::string_view>& live);

// "a, b, c", cut after some 20: for one line of the log.
std::string listed(const std::vector<std::string>& keys);

// The problems of a ConfigError, a line each, in one line.
std::string one_line(std::string problems);

}  // namespace earshot
