#include "worker/tools/tool_sources.h"

#include <algorithm>
#include <utility>

namespace earshot::worker {

namespace {

bool lists(const ToolList& list, const std::string& name) {
  return std::ranges::find(*list, name, &ToolSpec::name) != list->end();
}

}  // namespace

ToolSources::ToolSources(std::vector<ToolSource*> sources)
    : sources_(std::move(sources)), seen_(sources_.size()) {}

ToolList ToolSources::tools() const {
  bool changed = !all_;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    ToolList list = sources_[i]->tools();
    if (list == seen_[i]) continue;
    seen_[i] = std::move(list);
    changed = true;
  }
  if (!changed) return all_;
  auto all = std::make_shared<std::vector<ToolSpec>>();
  for (const ToolList& list : seen_) all->insert(all->end(), list->begin(), list->end());
  all_ = std::move(all);
  return all_;
}

std::unique_ptr<OutsideRun> ToolSources::run(const std::string& name, json::object arguments,
                                             std::function<void(OutsideAnswer)> done) {
  // The last one answers for a tool that has gone: each source says so by itself.
  const auto source = std::ranges::find_if(
      sources_, [&](const ToolSource* one) { return one == sources_.back() || lists(one->tools(), name); });
  return (*source)->run(name, std::move(arguments), std::move(done));
}

}  // namespace earshot::worker
