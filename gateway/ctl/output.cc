#include "gateway/ctl/output.h"

#include <algorithm>

namespace earshot::ctl {

void print_json(const Context& context, const json::value& value) {
  context.terminal.print(json::serialize(value) + "\n");
}

void print_list(const Context& context, const json::array& items, std::vector<Column> columns,
                const RowOf& row, const std::string& nothing) {
  if (context.terminal.json()) return print_json(context, items);
  Table table(std::move(columns));
  for (const auto& item : items) {
    if (item.is_object()) table.add(row(item.get_object()));
  }
  if (table.empty()) return context.terminal.line(nothing);
  context.terminal.table(table);
}

void print_facts(const Context& context, const std::vector<Fact>& facts) {
  std::size_t widest = 0;
  for (const Fact& fact : facts) {
    if (!fact.value.empty()) widest = std::max(widest, display_width(fact.key));
  }
  for (const Fact& fact : facts) {
    if (fact.value.empty()) continue;
    context.terminal.print(context.terminal.paint(fact.key, Colour::kDim) +
                           std::string(widest + 2 - display_width(fact.key), ' ') +
                           context.terminal.paint(printable(fact.value), fact.colour) + "\n");
  }
}

void print_done(const Context& context, const std::string& line, const json::value& answer) {
  if (context.terminal.json()) return print_json(context, answer);
  context.terminal.line(line);
}

}  // namespace earshot::ctl
