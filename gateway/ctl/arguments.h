// What a command line gave to one command. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace earshot::ctl {

class Arguments {
 public:
  // `name` as the parameter's: "DEVICE", "--tag".
  void add(const std::string& name, std::string value) { values_[name].push_back(std::move(value)); }

  bool has(const std::string& name) const { return values_.contains(name); }
  std::string text(const std::string& name, const std::string& otherwise = {}) const;  // the first
  const std::vector<std::string>& all(const std::string& name) const;                  // may be empty
  std::string joined(const std::string& name) const;                                   // by a space
  // The comma-separated parts of all of them.
  std::vector<std::string> list(const std::string& name) const;
  // Throw Failure(kUsage), naming the parameter, when the value is not one.
  std::int64_t number(const std::string& name, std::int64_t otherwise) const;
  std::int64_t duration_ms(const std::string& name, std::int64_t otherwise) const;
  bool on_off(const std::string& name) const;  // on/off, true/false, yes/no

 private:
  std::map<std::string, std::vector<std::string>> values_;
};

}  // namespace earshot::ctl
