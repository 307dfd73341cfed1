package darban.stage.cache;

import darban.caching.Invalidation;
import darban.store.Key;
import darban.store.Selection;

/** Removes what a request made worthless. */
final class Invalidate {
  private Invalidate() {}

  /** Removes all of it from the route's part of the store; {@code key} is the request's. */
  static void all(Context context, Key key, Invalidation gone) {
    boolean exact = context.policy().key().fields().isEmpty();
    for (String uri : gone.uris()) {
      context
          .store()
          .purge(
              exact
                  ? new Selection.Exact(new Key(key.cache().withUri(uri), context.space()))
                  : new Selection.Url(uri),
              false);
    }
    for (String group : gone.groups()) {
      context.store().purge(new Selection.Group(gone.origin(), group), false);
    }
  }
}
