#include "gateway/live/device/line_table.h"

namespace earshot::gateway {

LineTable::Line LineTable::put(Line line) {
  Lines& lines = lines_[line->client().device];
  lines.latest = wire_of(line->client());
  Line before = std::exchange(lines.of_wire[lines.latest], std::move(line));
  if (before) drop_deadline(*before);
  return before;
}

void LineTable::remove(DeviceLine& line) {
  const auto found = lines_.find(line.client().device);
  if (found == lines_.end()) return;
  const std::size_t wire = wire_of(line.client());
  Lines& lines = found->second;
  if (lines.of_wire[wire].get() != &line) return;
  drop_deadline(line);
  const std::size_t other = 1 - wire;
  lines.latest = other;
  const Line keep = std::exchange(lines.of_wire[wire], nullptr);  // until its key is used no more
  if (!lines.of_wire[other]) lines_.erase(found);
}

void LineTable::clear() {
  deadlines_.clear();
  noted_.clear();
  lines_.clear();
}

LineTable::Line LineTable::find(const DeviceId& device) const {
  const auto found = lines_.find(device);
  return found == lines_.end() ? nullptr : found->second.of_wire[found->second.latest];
}

LineTable::Line LineTable::find(const auth::ClientId& client) const {
  const auto found = lines_.find(client.device);
  if (found == lines_.end()) return nullptr;
  const Line& line = found->second.of_wire[wire_of(client)];
  return line && line->client().text == client.text ? line : nullptr;
}

std::vector<LineTable::Line> LineTable::all() const {
  std::vector<Line> all;
  for (const auto& [device, lines] : lines_) {
    for (const Line& line : lines.of_wire) {
      if (line) all.push_back(line);
    }
  }
  return all;
}

void LineTable::note_deadline(DeviceLine& line) {
  if (find(line.client()).get() != &line) return;  // another one has its place
  const auto wanted = line.next_deadline();
  const auto noted = noted_.find(&line);
  if (noted == noted_.end() ? !wanted : wanted == noted->second) return;
  drop_deadline(line);
  if (!wanted) return;
  deadlines_.emplace(*wanted, &line);
  noted_.emplace(&line, *wanted);
}

DeviceLine* LineTable::pop_due(SteadyTime now) {
  if (deadlines_.empty() || deadlines_.begin()->first > now) return nullptr;
  DeviceLine* const line = deadlines_.begin()->second;
  drop_deadline(*line);
  return line;
}

void LineTable::drop_deadline(DeviceLine& line) {
  const auto noted = noted_.find(&line);
  if (noted == noted_.end()) return;
  deadlines_.erase({noted->second, &line});
  noted_.erase(noted);
}

}  // namespace earshot::gateway
