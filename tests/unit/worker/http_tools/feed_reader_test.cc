#include "worker/http_tools/feed_reader.h"

#include <gtest/gtest.h>

#include <string>

namespace earshot::worker {
namespace {

std::string of(const json::object& feed, std::size_t item, std::string_view field) {
  return std::string(feed.at("items").at(item).as_object().at(field).as_string());
}

TEST(FeedReader, ReadsRss) {
  const auto feed = read_feed(R"(<?xml version="1.0"?><rss><channel><title>All</title><itemizer/>
    <item><title><![CDATA[Rain & <b>wind</b>]]></title><link>http://h/1</link>
      <description>It &lt;p&gt;rains&amp;nbsp;again&lt;/p&gt; &#8211; all day</description><pubDate>Mon</pubDate></item>
    <item><title>Sun</title></item></channel></rss>)",
                              10);
  ASSERT_EQ(feed.at("items").as_array().size(), 2U);
  EXPECT_EQ(of(feed, 0, "title"), "Rain & wind");
  EXPECT_EQ(of(feed, 0, "link"), "http://h/1");
  EXPECT_EQ(of(feed, 0, "description"), "It rains again – all day");
  EXPECT_EQ(of(feed, 0, "date"), "Mon");
  EXPECT_EQ(of(feed, 1, "title"), "Sun");
}

TEST(FeedReader, ReadsAtom) {
  const auto feed = read_feed(
      R"(<feed><entry><title type="html">One</title><link rel="a" href="http://h/?a=1&amp;b=2"/>
         <summary>two</summary><updated>2026-01-01</updated></entry></feed>)",
      10);
  EXPECT_EQ(of(feed, 0, "link"), "http://h/?a=1&b=2");
  EXPECT_EQ(of(feed, 0, "description"), "two");
}

TEST(FeedReader, BrokenAndHostileFeedsAreReadAsFarAsTheyGo) {
  for (const char* text :
       {"", "<", "<item", "<item>", "<item><title>", "<item/><item/>", "<!ENTITY a \"b\">&a;"})
    (void)read_feed(text, 10);
  std::string many;
  for (int i = 0; i < 1000; ++i)
    many += "<item><title>&#1114112;&#0;" + std::string(5000, 'x') + "</title></item>";
  const auto feed = read_feed(many, 3);
  EXPECT_EQ(feed.at("items").as_array().size(), 3U);
  EXPECT_LE(of(feed, 0, "title").size(), 2000U);
}

}  // namespace
}  // namespace earshot::worker
