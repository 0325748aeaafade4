// The tree of a file that is imported, with a note of what was taken from it. Pure.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/json/json.h"

namespace earshot::ctl {

class ImportSource {
 public:
  explicit ImportSource(json::value tree) : tree_(std::move(tree)) {}

  // Paths have dots between keys. Taking marks; what is empty is taken and gives nothing. So is, of a secret, an
  // address or an id, a placeholder of the file's author ("your key", in Chinese).
  std::optional<std::string> take(const std::string& path, bool may_be_placeholder = false);
  bool take_truth(const std::string& path);                    // false when absent
  std::optional<double> take_number(const std::string& path);  // as text, too
  std::vector<std::string> take_list(const std::string& path);
  std::vector<std::string> keys(const std::string& path) const;  // of a map; none: it is none
  bool has(const std::string& path) const { return find(path) != nullptr; }
  // Of what there is: it is not taken, or not all of it.
  void leave(const std::string& path, const std::string& why);

  std::vector<std::string> taken() const { return {taken_.begin(), taken_.end()}; }
  // All else that says something; what lies below a path that leave() named is not named again.
  std::vector<std::string> left() const;

 private:
  const json::value* find(const std::string& path) const;
  void note_left(const json::value& value, const std::string& path, std::vector<std::string>& left) const;

  json::value tree_;
  std::set<std::string> taken_;
  std::vector<std::pair<std::string, std::string>> why_;
};

}  // namespace earshot::ctl
