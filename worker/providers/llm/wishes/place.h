// Towns and countries whose time people ask for, with their time zone's name. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace earshot::worker {

struct Place {
  std::string_view english;  // "Tokyo"
  std::string_view chinese;  // 东京
  std::string_view zone;     // of the IANA data base: "Asia/Tokyo"
};

// nullptr: not in the table.
const Place* find_place(std::span<const std::string> words);

}  // namespace earshot::worker
