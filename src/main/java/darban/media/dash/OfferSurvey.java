package darban.media.dash;

import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Asks for every representation of a manifest whether it stays, and learns what its addresses are
 * relative to. Confined to one thread.
 */
final class OfferSurvey {
  private final XMLStreamReader in;
  private final DashRewrite rules;
  private final List<Boolean> kept = new ArrayList<>();
  private String setMime = "";
  private String setCodecs = "";
  private String setLanguage = "";
  private int setHeight;
  private int setFirst;
  private int depth;
  private String root = "";

  private OfferSurvey(XMLStreamReader in, DashRewrite rules) {
    this.in = in;
    this.rules = rules;
  }

  /** What a manifest has, and what {@code rules} make of it. */
  static OfferSurvey of(XMLStreamReader in, DashRewrite rules) throws XMLStreamException {
    OfferSurvey survey = new OfferSurvey(in, rules);
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        survey.start();
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        survey.end();
      }
    }
    return survey;
  }

  /** The answers in the order of the representations. */
  List<Boolean> kept() {
    return kept;
  }

  /** What all addresses are relative to, the first if it tells several; or empty. */
  String root() {
    return root;
  }

  private void end() {
    depth--;
    if (in.getLocalName().equals("AdaptationSet")) {
      setEnded();
    }
  }

  private void start() throws XMLStreamException {
    if (depth == 1 && root.isEmpty() && in.getLocalName().equals("BaseURL")) {
      root = in.getElementText().strip();
      return;
    }
    depth++;
    if (in.getLocalName().equals("AdaptationSet")) {
      setMime = text("mimeType", "");
      setCodecs = text("codecs", "");
      setLanguage = text("lang", "");
      setHeight = number("height", 0);
      setFirst = kept.size();
    } else if (in.getLocalName().equals("Representation")) {
      kept.add(
          rules.keeps(
              new DashRewrite.Offer(
                  text("id", ""),
                  number("bandwidth", 0),
                  text("codecs", setCodecs),
                  number("height", setHeight),
                  text("mimeType", setMime),
                  setLanguage)));
    }
  }

  private void setEnded() {
    List<Boolean> ofSet = kept.subList(setFirst, kept.size());
    if (!ofSet.contains(true)) {
      ofSet.replaceAll(dropped -> true);
    }
  }

  private String text(String attribute, String otherwise) {
    String value = in.getAttributeValue(null, attribute);
    return value == null ? otherwise : value;
  }

  private int number(String attribute, int otherwise) {
    String value = text(attribute, "");
    boolean number =
        !value.isEmpty()
            && value.length() < 10
            && value.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Integer.parseInt(value) : otherwise;
  }
}
