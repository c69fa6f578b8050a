"""Reader comments, their forms, and the lines they leave behind."""

from typing import Final

from archive.models import ClutterKind, SiteRules
from pipelines.clutter.draft import Draft, move_where, plain
from pipelines.clutter.phrases import pattern, phrase_set
from pipelines.clutter.prune import ElementRule

ELEMENTS: Final = (
    ElementRule(
        name="comment-section",
        kind=ClutterKind.COMMENT,
        # WordPress, Disqus, Coral, Viafoura, Spot.IM, Hyvor, Facebook, wpDiscuz, Livefyre, Drupal
        tags=frozenset(
            {"article", "aside", "details", "div", "footer", "form", "h2", "h3", "li", "ol", "section", "ul"}
        ),
        names=pattern(
            r"""
            add-comment-block
            article-?comments
            comentarios?
            commentaires?
            commentform
            commenti
            comment-?list
            comments?
            comments?-(?:area|list|section|wrapper|wrap|form|container|block|box|template|respond|reply-title)
            coral\S*
            disqus_thread
            disqus\S*
            fb-comments
            hyvor\S*
            kommentare?
            kommentarer
            leave-?reply
            livefyre\S*
            post-?comments
            reacties
            reader-?comments?
            reply-title
            respond
            spcv_\S*
            spot-?im\S*
            user-?comments
            vf-comments
            viafoura\S*
            wc-comment\S*
            wpdiscuz\S*
            wpd-\S*
            """,
            before=r"^",
            after=r"$",
        ),
        prose=200_000,
        share=0.95,
        text=400_000,
    ),
)

_LINES: Final = phrase_set("""
    be the first to comment | cancel reply | comentarios | comentários | comment | commentaires | commenti
    comments | comments are closed | comments closed | comments have been closed | deixe um comentário
    deixe uma resposta | deja un comentario | deja una respuesta | dodaj komentarz | join our commenting forum
    join the conversation | join the discussion | komentarze | kommentar schreiben | kommentare | kommentarer
    laisser un commentaire | lascia un commento | leave a comment | leave a reply | leave a reply cancel reply
    leave your comment | no comments | no comments yet | post a comment | post comment | reacties | reageer
    schreibe einen kommentar | show comments | view comments | write a comment | yorum yap | yorumlar | комментарии
    اترك تعليقا | تعليقات | コメント | コメントを書く | 発表评论 | 评论 | 댓글
""")  # fmt: skip
_LIKE: Final = pattern(r"""
    atenção: comentários .*
    \d+ (?:comments?|responses?|kommentare|commentaires|comentarios|reacties)
    deine e-mail-adresse wird nicht veröffentlicht.*
    \d+ thoughts? on .*
    erforderliche felder sind mit .*
    have your say in (?:our|the) comments.*
    il tuo indirizzo email non sarà pubblicato.*
    join thought-provoking conversations.*
    notify me of .*
    o seu endereço de e-?mail não será publicado.*
    (?:please )?(?:log ?in|sign in|register|create an account) to (?:comment|leave a comment|post).*
    required fields are marked.*
    save my name, e-?mail.*
    this site uses akismet.*
    tu dirección de correo electrónico no será publicada.*
    votre adresse e-?mail ne sera pas publiée.*
    you must be logged in to .*
    your e-?mail address will not be published.*
""")


def drop_comment_lines(draft: Draft, _rules: SiteRules) -> Draft:
    """What comment forms say ("Leave a Reply"), where their element did not give them away."""
    return move_where(draft, ClutterKind.COMMENT, "comment-line", lambda line: is_comment_line(line.text))


def is_comment_line(text: str) -> bool:
    """Tell whether a line belongs to a comment form."""
    if len(text) > 300:
        return False
    said = plain(text)
    return said in _LINES or bool(_LIKE.fullmatch(said))
