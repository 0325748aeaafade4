// What a model service has refused in requests, so that they are sent without it: an option that it does not
// know, tools that its model cannot call, one tool's schema, more tools than it takes. Pure.
//
// Runs on: one thread. One service has one, shared by all conversations.
// Bounded: kMaxKept of each kind, kept for `keep` and then tried again: services and models change. What is
// learnt beyond that is not kept.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/json/json.h"

namespace earshot::worker {

class RefusedOptions {
 public:
  static constexpr std::size_t kMaxKept = 32;

  explicit RefusedOptions(Milliseconds keep = Milliseconds(10 * 60 * 1000)) : keep_(keep) {}

  // Takes out of a request's body what was refused of such requests.
  void apply(json::object& body, SteadyTime now);
  // A refusal of `body`.
  // RETURNS: what is newly left out, in words for an operator ("stream_options", "tool self_x"); empty: that was known since another request, so this one is to be sent anew; nullopt: the answer
  // names nothing that could be left out, so that another try would not help. Only what the service says of its
  // own accord is read, never what it repeats of the request.
  std::optional<std::string> learn(int status, std::string_view answer, const json::object& body,
                                   SteadyTime now);
  // The part of it that takes nothing away from anybody: the name that the service wants for a limit.
  std::optional<std::string> learn_name(int status, std::string_view answer, const json::object& body,
                                        SteadyTime now);
  // Could a refusal be of an option? Else it is of the key, of what was said, or the service is in trouble.
  static bool may_be_of_option(int status, std::string_view answer);
  // What is left out now, for an operator.
  std::vector<std::string> left_out(SteadyTime now) const;

 private:
  using Kept = std::map<std::string, SteadyTime, std::less<>>;  // until when

  std::optional<std::string> keep(Kept& kept, std::string_view name, std::string words, SteadyTime now);
  void forget_old(SteadyTime now);
  void leave_out_tools(json::object& body) const;
  std::optional<std::string> learn_tools(std::string_view said, const json::array& tools, SteadyTime now);

  Milliseconds keep_;
  Kept options_;
  Kept tools_;    // single ones, by their names in the request
  Kept renamed_;  // options that the service wants under another name
  std::optional<std::size_t> most_tools_;
  SteadyTime most_tools_until_{};
};

}  // namespace earshot::worker
