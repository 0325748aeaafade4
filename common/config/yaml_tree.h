// A YAML (or JSON) text that somebody else has written, as a tree of JSON values: for what is no configuration of ours.
// Pure.
//
// Plain words that mean true, false or nothing become that; all else is text, numbers too. Hostile texts are expected:
// nodes and the bytes of their texts count with aliases spread out, so that a small text cannot become a large tree.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/base/result.h"
#include "common/json/json.h"

namespace earshot {

inline constexpr std::size_t kMaxYamlNodes = 50'000;

// Errors: kTooLarge (bytes, with aliases spread out twice as many; or nodes), kInvalid (with its line; or deeper than json::kMaxDepth).
Result<json::value> yaml_tree(std::string_view text, std::size_t max_bytes);

}  // namespace earshot
