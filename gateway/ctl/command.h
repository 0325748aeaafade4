// The shape of a command: what the command line reads, --help shows and the shell completes.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gateway/ctl/arguments.h"

namespace earshot::ctl {

struct Context;

// What a value names, for completion.
enum class Hint {
  kNothing,
  kDevice,
  kTool,
  kToolArgument,
  kAgent,
  kWorker,
  kSession,
  kToken,
  kUser,
  kImage,
  kFile
};

struct Parameter {
  std::string name = {};   // "DEVICE": a place; "--tag": an option
  std::string value = {};  // of an option: its value's name; empty: a flag
  std::string help = {};
  bool required = false;
  bool many = false;
  Hint hint = Hint::kNothing;
  std::vector<std::string> choices = {};

  bool is_option() const { return name.starts_with('-'); }
  bool is_flag() const { return is_option() && value.empty(); }
};

struct Command {
  std::string path = {};  // "show", "firmware upload"; "firmware list" is also plain "firmware"
  std::string help = {};
  std::vector<Parameter> parameters = {};
  std::function<void(Context&, const Arguments&)> run = {};  // throws Failure

  std::string group() const { return path.substr(0, path.find(' ')); }
  std::string word() const { return path.substr(path.find(' ') + 1); }  // the last
  bool in_group() const { return path.find(' ') != std::string::npos; }
};

// Options that every command takes, wherever they stand.
std::span<const Parameter> common_parameters();

// Shorthands for the tables of commands.
inline Parameter place(std::string name, std::string help, Hint hint = Hint::kNothing) {
  return {.name = std::move(name), .help = std::move(help), .required = true, .hint = hint};
}
inline Parameter optional_place(std::string name, std::string help, Hint hint = Hint::kNothing) {
  return {.name = std::move(name), .help = std::move(help), .hint = hint};
}
inline Parameter places(std::string name, std::string help, bool required, Hint hint = Hint::kNothing) {
  return {.name = std::move(name), .help = std::move(help), .required = required, .many = true, .hint = hint};
}
inline Parameter option(std::string name, std::string value, std::string help, Hint hint = Hint::kNothing) {
  return {.name = std::move(name), .value = std::move(value), .help = std::move(help), .hint = hint};
}
inline Parameter choice(std::string name, std::string value, std::string help,
                        std::vector<std::string> choices) {
  return {.name = std::move(name),
          .value = std::move(value),
          .help = std::move(help),
          .choices = std::move(choices)};
}
inline Parameter flag(std::string name, std::string help) {
  return {.name = std::move(name), .help = std::move(help)};
}
inline Parameter device_place() {
  return place("DEVICE", "MAC address, name, or the beginning of either that fits one device only",
               Hint::kDevice);
}

}  // namespace earshot::ctl
