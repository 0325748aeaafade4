#include "worker/tools/list_tools.h"

#include <utility>

#include "common/base/check.h"
#include "worker/tools/notebook.h"

namespace earshot::worker {

namespace {

std::vector<std::string> texts_at(const json::object& from, std::string_view key) {
  std::vector<std::string> texts;
  const json::array* items = json::find_array(from, key);
  if (items == nullptr) return texts;
  for (const json::value& item : *items) {
    if (texts.size() > Notebook::kMaxItems) break;  // one more than there is room for: refused there
    if (item.is_string()) texts.emplace_back(item.get_string());
  }
  return texts;
}

json::array array_of(const std::vector<std::string>& texts) {
  json::array array;
  for (const std::string& text : texts) array.push_back(json::value(text));
  return array;
}

std::string told(const Notebook::List* list, const std::string& name,
                 const std::vector<std::string>& removed) {
  json::object answer;
  answer["list"] = list == nullptr ? name : list->name;
  if (!removed.empty()) answer["removed"] = array_of(removed);
  answer["items"] = list == nullptr ? json::array() : array_of(list->items);
  return json::serialize(answer);
}

}  // namespace

BuiltinToolOutput ListChangeTool::run(const BuiltinToolInput& input) const {
  EARSHOT_CHECK(input.notebook != nullptr, "a tool without the notebook that it needs");
  Notebook& notebook = *input.notebook;
  const std::string name(json::find_string(input.arguments, "list").value_or(""));
  std::vector<std::string> removed;
  if (json::find_bool(input.arguments, "clear").value_or(false)) {
    if (const Notebook::List* list = notebook.list(name)) removed = list->items;
    notebook.clear_list(name);
  }
  for (std::string& item : notebook.remove_items(name, texts_at(input.arguments, "remove")))
    removed.push_back(std::move(item));
  const auto add = texts_at(input.arguments, "add");
  if (!add.empty()) {
    const auto list = notebook.add_items(name, add);
    if (!list) return {.text = list.error()};
  }
  return {.text = told(notebook.list(name), name, removed)};
}

BuiltinToolOutput ListReadTool::run(const BuiltinToolInput& input) const {
  EARSHOT_CHECK(input.notebook != nullptr, "a tool without the notebook that it needs");
  const std::string name(json::find_string(input.arguments, "list").value_or(""));
  return {.text = told(input.notebook->list(name), name, {})};
}

}  // namespace earshot::worker
