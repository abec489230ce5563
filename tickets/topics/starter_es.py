# ruff: noqa: E501 a phrase is one line
"""The rules that ship with the product: Spanish."""

from tickets.topics.detect import Rule

DAMAGE = """
damage = rot* en pedazos, roto, rota, rotos, rotas, dañad*, estropead*, aplastad*, destrozad*, golpead*, abollad*, \
quebrad*, rasgad*, desgarrad*, derramad*, reventad*, rajad*, agrietad*, mojad*, empapad*, húmed*, derretid*, doblad*, \
rayad*, perforad*, arrugad*, destruid*, machacad*, deteriorad*, chorreando, goteando, maltratad*, hecho pedazos, \
hecha pedazos, hechos añicos, hecho polvo, en pedazos, en mal estado
goods = caja*, paquete*, pedido*, envío*, producto*, botella*, frasco*, lata*, bolsa*, bote*, envase*, embalaje*, \
tarro*, contenido, artículo*, taza*, plato*, vaso*, vela*, tapa*, todo, crema, tubo*, aceite, entrega*, sobre
arrived = llegó, llego, llegaron, llegar, llega, ha llegado, han llegado, vino, vinieron, venía, venían, recibí, \
recibi, recibimos, he recibido, recibido, entregaron, entregado, enviaron, abrí, al abrir
"""
LOOKS_ALIKE = """
(si|podría|podrían|por si|en caso de que|sería) … [damage]
(mi|el|la|al|del) (tarjeta|coche|auto|piel|pelo|cabello|bolsillo|presupuesto|corazón|puerta|móvil|enlace|sitio|página|web)
(enlace|página|web|app|aplicación|link) … (rot*|dañad*|caíd*)
tarjeta de (crédito|débito)
"""

RULES = [
    Rule(
        name="Dañado: llegó roto",
        topic="damaged",
        language="es",
        confidence=0.9,
        phrases=DAMAGE
        + """
[arrived] … [damage]
[goods] … [damage]
[damage] … [arrived]
(se rompió|se rompieron|se dañó|se derramó|se rompio) … (en el envío|en el transporte|en el camino|durante el envío|durante el transporte|por el camino)
(daño|daños|golpe|golpes|agujero|agujeros|grieta|fuga|fugas) (en|de|durante) (el|la|los|las|) ([goods]|transporte)
(todo|toda|todos|todas|completamente|totalmente|muy) [damage]
""",
        unless=DAMAGE + LOOKS_ALIKE,
    ),
    Rule(
        name="Falta: algo no venía en la caja",
        topic="missing_item",
        language="es",
        confidence=0.85,
        phrases="""
(falta|faltan|faltaba|faltaban|faltó|faltaron) (un|una|el|la|los|las|#|mi|por|productos|artículos|en|algo|uno)
(me|nos) (falta|faltan|faltó|faltaron|faltaba|faltaban)
(solo|sólo|solamente|únicamente) (recibí|recibi|llegó|llegaron|llego|venía|venían|me llegó|me llegaron|he recibido|me enviaron|había) (#|un|una|la mitad|parte)
(incompleto|incompleta|incompletos)
(no) (venía|venían|vino|estaba|estaban|incluía|incluyeron|trajo) … (en la caja|en el paquete|incluid*|en el pedido|el|la)
(caja|paquete|sobre) (vacía|vacío|vacio|vacia)
(olvidaron|se olvidaron|olvidado) (de|) (incluir|enviar|poner|meter)
# en (lugar|vez) de #
""",
        unless="(sin falta|hace falta|no hace falta|me hace falta|falta de respeto|falta de respuesta|falta mucho|falta poco)\n",
    ),
    Rule(
        name="Equivocado: no es lo que pedí",
        topic="wrong_item",
        language="es",
        confidence=0.85,
        phrases="""
(producto|artículo|pedido|paquete|talla|color|caja|modelo|sabor|tamaño) … (equivocad*|incorrect*|erróne*|que no es|que no pedí)
(equivocad*|incorrect*) (producto|artículo|pedido|talla|color)
(no) (es|era|son|fue|corresponde) (lo|el|la|al|a lo|) (que|producto|pedido|) (que|) (pedí|pedi|pedimos|ordené|compré|solicité|había pedido)
(no) (pedí|pedi|ordené) (esto|eso|este|esta|ese)
(enviaron|mandaron|recibí|llegó|enviado|mandado) (otro|otra|un producto diferente|algo distinto|uno distinto|otra cosa|otro producto)
(en vez|en lugar) de … (enviaron|mandaron|recibí|llegó)
(pedido|paquete) de (otra|otro) (persona|cliente)
(se equivocaron|confundieron)
""",
        unless="(dirección|número|correo) (equivocad*|incorrect*)\n",
    ),
    Rule(
        name="Tarde: no ha llegado",
        topic="late",
        language="es",
        confidence=0.85,
        phrases="""
parcel = pedido*, paquete*, caja*, envío*, producto*, entrega*, compra*, artículo*, suscripción
(dónde|donde) (está|esta|están|anda|quedó) … [parcel]
(no|nunca|todavía no|aún no|sigue sin|siguen sin) (me|nos|lo|la|) (ha|han|he|hemos|) (llegado|llegó|llega|llego|recibido|recibí|recibi|llegar|recibo|entregado|entregaron|enviado)
(todavía|aún|aun|sigo|seguimos) … (esperando|sin recibir|sin llegar|no llega|no ha llegado|no he recibido)
(llevo|llevamos) … (esperando|días|semanas)
(esperando|espero) … ([parcel]|días|semanas)
(retraso|retrasado|retrasada|retrasos|demora|demorado|demorada|demoras|atrasado|atrasada|tardanza)
(tarda|tardó|tardaron|tardando|demoró|tardan) (mucho|demasiado|#|más|tanto|una|semanas|días)
(llegó|llegaron|llega|entregado|entrega) (muy|demasiado|) (tarde|tardía)
(cuándo|cuando) (llega|llegará|va a llegar|llegara|recibiré|me llega|envían|será entregado)
(debía|debería|tenía que|iba a|tendría que) (llegar|haber llegado|estar|entregarse)
(estado|seguimiento|rastrear|rastreo|localizar) (de|del|mi|de mi|el|) … [parcel]
(paquete|pedido|envío) … (perdido|extraviado|perdió)
""",
        unless="(no|nunca) (llegó|llegaron|vino|ha llegado) (rot*|dañad*|mal|aplastad*|tarde|golpead*|nada mal)\n(respuesta|reembolso|devolución|dinero) … (no|esperando|todavía)\n(esperando|espero|recibido) … (respuesta|reembolso|devolución|su pronta)\n",
    ),
    Rule(
        name="Cobros: cargos y facturas",
        topic="billing",
        language="es",
        confidence=0.85,
        phrases="""
(cobrado|cobraron|cobrar|cobran|cobro|cobros|cobró|cobrando) (dos|doble|de más|dos veces|un|una|el|en|a|mi|por|me|#|indebido|duplicado|no|sin|otra|la|mal)
(me|nos) (han|) (cobrado|cobraron|cobran|cobró)
(cargo|cargos) (en|a|de|duplicado|no|doble|extra|indebido|que|por|desconocido|no autorizado)
(factura|facturas|facturación|recibo|reembolso|devolución del dinero|reintegro)
(tarjeta|pago|pagos|método de pago) … (rechazad*|cambiar|actualizar|cargo|cobr*|fallo|falló|error|duplicado)
(cambiar|actualizar) … (tarjeta|método de pago|datos de pago|datos bancarios)
(doble|segundo|pago) (pago|cobro|cargo|duplicado)
(devuelvan|devolver|devuélvanme|devolverme) … dinero
(descuento|cupón|código) … (no se aplicó|no funciona|no aplicaron|no funcionó)
(precio|importe) … (subió|incorrecto|mayor|aumentó|más alto)
""",
    ),
    Rule(
        name="Calidad: el contenido no es bueno",
        topic="quality",
        language="es",
        confidence=0.75,
        phrases="""
(mala|pésima|baja|poca|peor|malísima|horrible) calidad
(calidad) … (mala|pésima|baja|deja mucho|bajado|empeorado|decepcionante)
(defectuos*|caducad*|vencid*|rancio|rancia|podrid*|moho|mohos*|echad* a perder|pasado de fecha)
(sabe|saben|sabía|huele|huelen|olía|sabor|olor) … (mal|raro|rancio|horrible|feo|químico|a plástico|amargo|asqueros*|extraño|malo)
(no) (funciona|funcionan|funcionó|sirve|sirven|enciende|prende|cierra)
(dejó de funcionar|se rompió a los|se rompió al|mal acabado|mal hecho|asqueros*)
(alergia|irritación|reacción|sarpullido|me irritó)
(decepcionad*|decepción) (con|por) (el|la|los) (calidad|producto|productos|sabor|contenido)
""",
        unless="(enlace|página|web|app|código|cupón|link|aplicación) … (funciona|sirve|funcionó)\n(no) (funciona|sirve) … (enlace|página|web|código|cupón|link)\n",
    ),
    Rule(
        name="Cancelar: terminar la suscripción o el pedido",
        topic="cancel",
        language="es",
        confidence=0.9,
        phrases="""
(cancelar|cancelen|cancele|cancelo|cancelación|cancelé|anular|anulen|anulación|dar de baja|darme de baja|darse de baja|denme de baja|cancelarla|cancelarlo)
(cancelado|cancelada) (mi|la|el) (suscripción|pedido|cuenta)
(terminar|finalizar|acabar) … (suscripción|contrato|membresía)
(ya) no (quiero|deseo) (seguir|recibir|la suscripción|continuar|más)
(eliminar|cerrar|borrar) mi cuenta
""",
        unless="(cancelación de ruido|cancelar la cita|me cancelaron|ustedes cancelaron|han cancelado)\n",
    ),
]
