#include "bench/memory/small_talk.h"

#include <array>

namespace earshot::bench {

namespace {

template <std::size_t kSize>
const char* one_of(std::mt19937& random, const std::array<const char*, kSize>& all) {
  return all[random() % kSize];
}

}  // namespace

// Half in English, half in Chinese. The nouns of the questions turn up here as well.
std::string small_talk(std::mt19937& random) {
  static constexpr std::array<const char*, 10> kOpen{"please turn up the volume and tell me about",
                                                     "what do you think of",
                                                     "I had a long day with",
                                                     "can you explain",
                                                     "my friend talked about",
                                                     "is it a good day for",
                                                     "we need to buy something for",
                                                     "sing me a song about",
                                                     "how much does it cost to have",
                                                     "I really like"};
  static constexpr std::array<const char*, 40> kThings{
      "the weather", "a cat",       "the dog",   "my bike",    "the car",     "a train",   "the kitchen",
      "a book",      "the garden",  "music",     "dinner",     "breakfast",   "a film",    "the kids",
      "the zoo",     "work",        "my boss",   "the doctor", "the dentist", "a recipe",  "eggs",
      "cheese",      "coffee",      "milk",      "flowers",    "the station", "a holiday", "the boat",
      "my sister",   "a birthday",  "the piano", "a guitar",   "running",     "the bill",  "the neighbour",
      "a parcel",    "the heating", "a dream",   "the church", "the park"};
  static constexpr std::array<const char*, 10> kOffen{"你觉得",   "我今天遇到了", "讲一讲",   "朋友说起了",
                                                      "我们要买", "唱一首关于",   "我很喜欢", "什么时候适合",
                                                      "帮我看看", "聊聊"};
  static constexpr std::array<const char*, 40> kDinge{
      "天气", "小猫", "狗狗", "自行车", "汽车",   "高铁", "厨房", "书",   "花园", "音乐",
      "晚饭", "早饭", "电影", "孩子们", "动物园", "工作", "老板", "医生", "牙医", "菜谱",
      "鸡蛋", "奶酪", "咖啡", "牛奶",   "花",     "车站", "度假", "小船", "妹妹", "生日",
      "钢琴", "吉他", "跑步", "电费",   "邻居",   "包裹", "暖气", "做梦", "教堂", "公园"};
  if (random() % 2 == 0)
    return std::string(one_of(random, kOpen)) + ' ' + one_of(random, kThings) + " and " +
           one_of(random, kThings);
  return std::string(one_of(random, kOffen)) + one_of(random, kDinge) + "和" + one_of(random, kDinge);
}

}  // namespace earshot::bench
