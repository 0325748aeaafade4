#include "common/json/mended_json.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::json {
namespace {

using namespace std::string_literals;

struct MendCase {
  std::string broken;
  const char* meant;
};

void expect_meant(const MendCase& c) {
  const auto read = parse_mended_object(c.broken, 4096);
  ASSERT_TRUE(read) << c.broken << "\n" << mended(c.broken);
  EXPECT_EQ(read->root, parse_object(c.meant, 4096).value()) << c.broken;
  EXPECT_TRUE(read->was_mended) << c.broken;
}

TEST(MendedJsonTest, ReadsWhatDevicesGlueTogether) {
  const MendCase cases[] = {
      // The stock firmware's error texts, and names of networks.
      {R"({"error":{"message":"Unknown theme: "dark""}})",
       R"({"error":{"message":"Unknown theme: \"dark\""}})"},
      {R"({"ssid":"Joe"s "home"","rssi":-60})", R"({"ssid":"Joe\"s \"home\"","rssi":-60})"},
      {R"({"a":"say "x", "y", "z"","b":1})", R"({"a":"say \"x\", \"y\", \"z\"","b":1})"},
      {R"({"a":["in "x" out","b"]})", R"({"a":["in \"x\" out","b"]})"},
      // Sensors.
      {R"({"t":nan,"u":-NaN,"v":inf,"w":-Infinity,"x":1.#QNAN,"y":[nan,1]})",
       R"({"t":null,"u":null,"v":null,"w":null,"x":null,"y":[null,1]})"},
      {R"({"a":+5,"b":.5,"c":007,"d":5.,"e":-.25,"f":1.e3})",
       R"({"a":5,"b":0.5,"c":7,"d":5,"e":-0.25,"f":1e3})"},
      {R"({"a":True,"b":FALSE,"c":None,"d":on,"e":not ready})",
       R"({"a":true,"b":false,"c":null,"d":"on","e":"not ready"})"},
      {R"({"rssi":,"b":})", R"({"rssi":null,"b":null})"},
      // Bytes.
      {"{\"ssid\":\"caf\xE9\"}", "{\"ssid\":\"caf\xEF\xBF\xBD\"}"},
      {"{\"ssid\":\"\xE4\xB8\"}", "{\"ssid\":\"\xEF\xBF\xBD\xEF\xBF\xBD\"}"},
      {"{\"a\":\"x\ny\tz\x01!\"}", R"({"a":"x\ny\tz !"})"},
      {R"({"path":"C:\dir\x"})", R"({"path":"C:\\dir\\x"})"},
      {R"({"a":"\ud83d!"})", R"({"a":"\ufffd!"})"},
      // Around it.
      {"\xEF\xBB\xBF{\"a\":1}", R"({"a":1})"},
      {"{\"a\":1}\0"s, R"({"a":1})"},
      {R"({"a":{"b":1}} left over"})", R"({"a":{"b":1}})"},
      {R"({"a":[1,2,],"b":{"c":1,},,})", R"({"a":[1,2],"b":{"c":1}})"},
      {R"({type:"mcp"})", R"({"type":"mcp"})"},
  };
  for (const MendCase& c : cases) expect_meant(c);
}

TEST(MendedJsonTest, LeavesGoodTextsAsTheyAre) {
  for (const std::string good :
       {R"({})", R"({"a":"x\"y\", \"z\":1","b":["\\","\/\u00e9\ud83d\ude00",{"c":[[],{}]}]})",
        R"({ "a" : [ 1 , -2.5e-3 , true , null ] , "b":"" })", R"({"":{"":""},"x":[""]})",
        R"({"a":"ends in a brace }","b":"and ] or , too"})"}) {
    EXPECT_EQ(parse_object(mended(good), 4096).value(), parse_object(good, 4096).value()) << good;
    EXPECT_FALSE(parse_mended_object(good, 4096)->was_mended) << good;
  }
}

TEST(MendedJsonTest, WhatNobodyCanReadStaysBroken) {
  for (const std::string& broken :
       {""s, "x"s, "[1]"s, "{"s, R"({"a":"cut off)"s, R"({"a":[1,2)"s, R"({"a":1])"s, R"({{}})"s,
        R"({a,b,c})"s, "\xff\xfe\x00"s, R"({"a":")"s + std::string(200, '[') + "}"s,
        R"({"a":)"s + std::string(100, '[') + std::string(100, ']') + "}"s}) {
    EXPECT_FALSE(parse_mended_object(broken, 4096)) << broken;
  }
  EXPECT_EQ(parse_mended_object("{\"a\":nan}", 5).error().code, ErrorCode::kTooLarge);
}

}  // namespace
}  // namespace earshot::json
