// Reads a YAML file into typed structs and refuses what it does not know, with file:line.
//
//   ConfigReader reader = ConfigReader::load("gateway.yaml");    // or ConfigReader::empty()
//   ConfigSection udp = reader.root().section("udp");
//   udp.read("port", config.udp.port, {1, 65535});               // default stays when the key is absent
//   reader.finish();                                             // throws ConfigError with *all* problems
//   reader.effective();                                          // "udp.port: 8884\n...", secrets masked
//
// Values may be overridden before reading: override_value("udp.port", "9000") (command line, tests).
// Runs on: startup, one thread.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/secret.h"

namespace earshot {

struct ConfigError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct IntRange {
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
};

struct ConfigState;

class ConfigSection {
 public:
  // Each call marks the key as known, replaces `out` when the key is given, and records the effective value.
  void read(std::string_view key, std::string& out);
  void read(std::string_view key, bool& out);
  void read(std::string_view key, int& out, IntRange range = {});
  void read(std::string_view key, std::uint16_t& out, IntRange range = {0, 65535});
  void read(std::string_view key, std::uint32_t& out, IntRange range = {0, 4294967295});
  void read(std::string_view key, double& out, double min, double max);
  // Keys that hold a time end in _ms: `idle_timeout_ms: 60000`.
  void read(std::string_view key, Milliseconds& out, IntRange range_ms = {0, 86'400'000});
  void read(std::string_view key, std::vector<std::string>& out);
  // One of the listed words.
  void read_choice(std::string_view key, std::string& out, const std::vector<std::string>& choices);
  // A secret is never written inline: `<key>_env: NAME` or `<key>_file: PATH`.
  // Reading `key` allows just those two.
  void read_secret(std::string_view key, Secret& out);

  // An absent section reads as an empty one.
  ConfigSection section(std::string_view key);
  // The keys given in this section, in order of their names: for sections whose keys are names that the user
  // chose. They may hold dots.
  std::vector<std::string> children() const;
  // What is in force instead of what read() has recorded: a path made absolute, say.
  void in_force(std::string_view key, const std::string& text);
  void in_force(std::string_view key, const std::vector<std::string>& items);
  // Adds a problem at the place of `key` (or of the section): for rules between values.
  void problem(std::string_view key, const std::string& what);

 private:
  friend class ConfigReader;
  ConfigSection(ConfigState& state, std::string path) : state_(&state), path_(std::move(path)) {}
  ConfigState* state_;
  std::string path_;  // "" for the root, else "udp." with the dot
};

class ConfigReader {
 public:
  // Throws ConfigError: unreadable, or not YAML (file:line:column).
  static ConfigReader load(const std::string& path);
  static ConfigReader parse(std::string_view text, const std::string& name);  // tests
  static ConfigReader empty();
  ConfigReader(ConfigReader&&) noexcept;
  ConfigReader& operator=(ConfigReader&&) noexcept;
  ~ConfigReader();

  void override_value(const std::string& path, const std::string& value);
  void override_list(const std::string& path, const std::vector<std::string>& items);
  // For text that is kept and carried as a secret itself, and that strangers to this machine may have
  // written: secrets stand under their own key, and `_env` and `_file` are refused, because they would read
  // whatever this process can and send it to the address given beside them.
  void secrets_inline();
  ConfigSection root();
  void finish();                  // throws ConfigError listing every unknown key and wrong value, a line each
  std::string effective() const;  // one "path: value" a line, in reading order

 private:
  explicit ConfigReader(std::unique_ptr<ConfigState> state);
  std::unique_ptr<ConfigState> state_;
};

}  // namespace earshot
