#include "gateway/control/devices/device_index.h"

#include <algorithm>
#include <utility>

#include "common/base/ids.h"

namespace earshot::gateway {

namespace {

// Letters of other alphabets are left as they are.
char to_small(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string small(std::string_view text) {
  std::string made(text);
  std::ranges::transform(made, made.begin(), to_small);
  return made;
}

std::string text_of(const store::Device& device) {
  std::string text = device.id.text();
  for (const std::string* part : {&device.name, &device.board, &device.firmware, &device.agent}) {
    text.append(1, '\n').append(*part);
  }
  for (const std::string& tag : device.tags) text.append(1, '\n').append(tag);
  std::ranges::transform(text, text.begin(), to_small);
  return text;
}

bool has_tag(const store::Device& device, std::string_view tag) {
  return std::ranges::find(device.tags, tag) != device.tags.end();
}

// The cheap questions first.
bool matches(const DeviceEntry& entry, std::string_view text, const DeviceQuery& query,
             std::string_view small_query, std::string_view address) {
  if (query.online && entry.presence.online != *query.online) return false;
  if (query.bound && entry.record.bound != *query.bound) return false;
  if (!query.owner.empty() && entry.record.owner != query.owner) return false;
  if (!query.tag.empty() && !has_tag(entry.record, query.tag)) return false;
  return small_query.empty() || text.find(small_query) != std::string_view::npos ||
         (!address.empty() && text.find(address) != std::string_view::npos);
}

}  // namespace

void DeviceIndex::rebuild(std::vector<const DeviceEntry*> entries) {
  rows_.clear();
  rows_.reserve(entries.size());
  for (const DeviceEntry* entry : entries) rows_.push_back({entry, text_of(entry->record)});
  std::ranges::sort(rows_, {}, [](const Row& row) -> const DeviceId& { return row.entry->record.id; });
}

void DeviceIndex::put(const DeviceEntry& entry) {
  const auto at = place_of(entry.record.id);
  if (at != rows_.end() && at->entry->record.id == entry.record.id) {
    *at = {&entry, text_of(entry.record)};
  } else {
    rows_.insert(at, {&entry, text_of(entry.record)});
  }
}

void DeviceIndex::erase(const DeviceId& id) {
  const auto at = place_of(id);
  if (at != rows_.end() && at->entry->record.id == id) rows_.erase(at);
}

DevicePage DeviceIndex::search(const DeviceQuery& query) const {
  const std::string small_query = small(query.text);
  const std::string address = address_part(query.text);  // as it is kept, however it was typed
  const std::size_t limit = std::clamp<std::size_t>(query.limit, 1, kMaxPage);
  DevicePage page;
  for (const auto& [entry, text] : rows_) {
    if (!matches(*entry, text, query, small_query, address)) continue;
    ++page.total;
    if (!query.after.empty() && entry->record.id.text() <= query.after) continue;
    if (page.items.size() < limit) {
      page.items.push_back(entry);
    } else {
      page.next = page.items.back()->record.id.text();
    }
  }
  return page;
}

std::vector<DeviceId> DeviceIndex::with_tag(std::string_view tag) const {
  std::vector<DeviceId> ids;
  for (const Row& row : rows_) {
    if (has_tag(row.entry->record, tag)) ids.push_back(row.entry->record.id);
  }
  return ids;
}

std::vector<DeviceIndex::Row>::iterator DeviceIndex::place_of(const DeviceId& id) {
  return std::ranges::lower_bound(rows_, id, {},
                                  [](const Row& row) -> const DeviceId& { return row.entry->record.id; });
}

}  // namespace earshot::gateway
