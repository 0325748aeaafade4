// Tool names as model services take them, and the way back (provider-protocol 0.6): a device calls its tools
// "self.audio_speaker.set_volume", or in the maker's own language, and most services take only `[A-Za-z0-9_-]`,
// 64 of them. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "worker/stages/dialogue.h"

namespace earshot::worker {

class ToolNames {
 public:
  ToolNames() = default;
  explicit ToolNames(const std::vector<ToolSpec>& tools);

  // Of a tool that is not on offer any more, too: the dialogue still speaks of it.
  std::string to_wire(std::string_view name) const;
  // RETURNS: the name itself if no tool has it: a model may make names up.
  std::string from_wire(std::string_view wire) const;

 private:
  std::map<std::string, std::string, std::less<>> wire_;
  std::map<std::string, std::string, std::less<>> original_;
};

}  // namespace earshot::worker
