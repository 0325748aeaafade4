// Any bytes as a text that PostgreSQL keeps. Its texts are UTF-8 without NUL; ours may hold anything. Pure.
//
// What a text cannot hold (NUL, bytes that are no UTF-8), and the mark itself, become the mark 0x01 and two
// hexadecimal digits: one to one, and ordinary texts stay as they are, to be read and searched with SQL.
#pragma once

#include <string>
#include <string_view>

namespace earshot::store::postgres {

std::string escape_text(std::string_view bytes);
// A mark without its digits stands for itself: somebody has edited the database.
std::string unescape_text(std::string_view text);

}  // namespace earshot::store::postgres
