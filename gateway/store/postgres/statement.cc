#include "gateway/store/postgres/statement.h"

namespace earshot::store::postgres {

std::string numbered(std::string_view sql) {
  std::string text;
  text.reserve(sql.size() + 40);
  int number = 0;
  for (const char c : sql) {
    if (c == '?') {
      text += '$' + std::to_string(++number);
    } else {
      text += c;
    }
  }
  return text;
}

Fault fault_of(std::string_view sqlstate) {
  // The connection's end, a server that stops, starts, is full or has become a standby.
  for (const std::string_view gone : {"08", "57P01", "57P02", "57P03", "57P05", "53300", "25006", "25P03"}) {
    if (sqlstate.starts_with(gone)) return {.code = ErrorCode::kUnavailable, .trouble = Trouble::kAway};
  }
  if (sqlstate.empty()) return {.code = ErrorCode::kUnavailable, .trouble = Trouble::kAway};
  // Somebody else was in the way: serialisation, deadlock, a lock that was not to be had.
  for (const std::string_view crossed : {"40001", "40P01", "55P03"}) {
    if (sqlstate == crossed) return {.code = ErrorCode::kUnavailable, .trouble = Trouble::kAgain};
  }
  // Disk or memory is full; a statement took too long; the operator's orders.
  for (const std::string_view refused : {"53", "57", "58"}) {
    if (sqlstate.starts_with(refused)) return {.code = ErrorCode::kUnavailable};
  }
  // A value that does not fit, a rule that it breaks, more than the server takes.
  for (const std::string_view bad : {"22", "23", "54"}) {
    if (sqlstate.starts_with(bad)) return {.code = ErrorCode::kInvalid};
  }
  return {.code = ErrorCode::kInternal};
}

}  // namespace earshot::store::postgres
