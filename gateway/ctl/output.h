// The few forms in which commands print what the API gave them. `--json` prints that itself: one JSON value,
// as docs/api.md has it.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "gateway/ctl/api.h"
#include "gateway/ctl/table.h"

namespace earshot::ctl {

using RowOf = std::function<std::vector<Cell>(const json::object&)>;

void print_json(const Context& context, const json::value& value);

// A table, or what to say when there is nothing.
void print_list(const Context& context, const json::array& items, std::vector<Column> columns,
                const RowOf& row, const std::string& nothing);

// Aligned "key  value" lines; those with an empty value are left out.
struct Fact {
  std::string key;
  std::string value;
  Colour colour = Colour::kNone;
};
void print_facts(const Context& context, const std::vector<Fact>& facts);

// One line for a person, the answer itself for a program.
void print_done(const Context& context, const std::string& line, const json::value& answer);

inline const json::object& object_of(const json::value& value) {
  static const json::object kEmpty;
  return value.is_object() ? value.get_object() : kEmpty;
}

}  // namespace earshot::ctl
