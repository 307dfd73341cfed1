package darban.media.dash;

import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Asks for every representation of a manifest whether it stays. Confined to one thread. */
final class OfferSurvey {
  private final XMLStreamReader in;
  private final DashRewrite rules;
  private final List<Boolean> kept = new ArrayList<>();
  private String setMime = "";
  private String setCodecs = "";
  private String setLanguage = "";
  private int setHeight;
  private int setFirst;

  private OfferSurvey(XMLStreamReader in, DashRewrite rules) {
    this.in = in;
    this.rules = rules;
  }

  /** The answers in the order of the representations. */
  static List<Boolean> kept(XMLStreamReader in, DashRewrite rules) throws XMLStreamException {
    OfferSurvey survey = new OfferSurvey(in, rules);
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        survey.start();
      } else if (event == XMLStreamConstants.END_ELEMENT
          && in.getLocalName().equals("AdaptationSet")) {
        survey.setEnded();
      }
    }
    return survey.kept;
  }

  private void start() {
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
