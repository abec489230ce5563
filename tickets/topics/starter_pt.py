# ruff: noqa: E501 a phrase is one line
"""The rules that ship with the product: Portuguese."""

from tickets.topics.detect import Rule

DAMAGE = """
damage = quebrad*, danificad*, amassad*, rasgad*, estragad*, esmagad*, trincad*, rachad*, vazando, vazou, vazad*, \
vazamento, molhad*, úmid*, derretid*, arranhad*, riscad*, avariad*, furad*, torto, torta, tortos, destruíd*, estourad*, \
arrebentad*, despedaçad*, lascad*, descascad*, partid*, partiu, derramad*, abert* e, em pedaços, aos pedaços, \
em mau estado, partido ao meio, despedaçou
goods = caixa*, pacote*, produto*, pedido*, encomenda*, embalagem, embalagens, garrafa*, frasco*, pote*, lata*, saco*, \
vidro*, tampa*, conteúdo, item, itens, peça*, copo*, xícara*, prato*, vela*, creme, tudo, entrega*, mercadoria*, caneca*
arrived = chegou, chegaram, chegar, chega, veio, vieram, recebi, recebemos, recebido, entregue, entregues, entregaram, \
enviaram, mandaram, abri, ao abrir, foi entregue
"""
LOOKS_ALIKE = """
(se|caso|poderia|poderiam|seria) (o|a|os|as|chegar|vier|estiver|) … [damage]
(meu|minha|o|a|ao|no) (cartão|carro|pele|cabelo|bolso|orçamento|coração|portão|celular|link|site|página)
(link|site|página|app|aplicativo) … (quebrad*|fora)
(não|nao) (estava|foi|veio|chegou|está) (violad*|danificad*|quebrad*|amassad*)
"""

RULES = [
    Rule(
        name="Danificado: chegou quebrado",
        topic="damaged",
        language="pt",
        confidence=0.9,
        phrases=DAMAGE
        + """
[arrived] … [damage]
[goods] (totalmente|toda|todo|todas|todos|completamente|muito|bem|) [damage]
[goods] (está|estava|estavam|foi|foram|veio|vieram|chegou|chegaram|com) … [damage]
[damage] … (na entrega|no transporte|no caminho|durante o transporte|durante a entrega|pelos correios|pela transportadora)
(quebrou|quebraram|danificou|amassou) … (no transporte|na entrega|no caminho|durante o transporte)
(dano|danos|avaria|avarias|furo|rasgo|trinca|amassado) (no|na|nos|nas|do|de|em) ([goods]|transporte)
(avaria|avarias) no
(veio|vieram|chegou) com … (avaria|avarias|defeito na embalagem|arranhões|arranhão|rachadura*|trinca*|furo*)
(todo|toda|todos|todas|tudo) (quebrad*|amassad*|rasgad*|danificad*|molhad*|estragad*)
""",
        unless=DAMAGE + LOOKS_ALIKE,
    ),
    Rule(
        name="Faltando: algo não veio",
        topic="missing_item",
        language="pt",
        confidence=0.85,
        phrases="""
(falta|faltou|faltaram|faltando|faltava|faltam|faltavam) (um|uma|o|a|os|as|#|meu|minha|parte|receber|produto|produtos|item|itens|peça|peças|no|na|entregar|chegar|vir|#)
(veio|vieram|chegou|recebi|pedido|entregue|entregaram|produto|kit) … (faltando|incomplet*|pela metade)
(só|so|somente|apenas) (recebi|chegou|chegaram|veio|vieram|me entregaram|entregaram|enviaram|mandaram|foi entregue|foram entregues) (#|um|uma|a metade|metade|parte)
(recebi|chegou|veio|entregaram|enviaram|vieram) (só|so|somente|apenas) (#|um|uma|metade|parte|o|a)
(não|nao) (recebi|veio|vieram|chegou) (o|a|os|as|meu|) (pedido|kit|conjunto|outro|outra|outros|restante|resto|segundo|produto|todos) (completo|completa|inteiro|produto|item|itens|do pedido|os)
(não|nao) (veio|vieram) (o|a|os|as|com|junto) … (manual|brinde|cabo|item|acessório*|parafuso*|tampa|controle|suporte|nota|completo)
(cadê|onde está|aguardo|aguardando|esperando) (o|a|os|as) (outro|outra|outros|restante|resto|segundo|demais)
(incompleto|incompleta|incompletos)
(caixa|pacote|embalagem) (veio|chegou|estava|) vazi*
(comprei|pedi) … (recebi|chegou|veio) (só|so|apenas|somente)
(esqueceram|esquecido) de (enviar|colocar|mandar|incluir)
# em vez de #
""",
        unless="falta de (respeito|resposta|comunicação|atenção|educação)\n(sem|faz) falta\n",
    ),
    Rule(
        name="Errado: não é o que pedi",
        topic="wrong_item",
        language="pt",
        confidence=0.85,
        phrases="""
(produto|item|pedido|cor|tamanho|modelo|encomenda|mercadoria|caixa|sabor|peça) (veio|chegou|enviado|foi|está|entregue|) (foi|) (errad*|trocad*|incorret*|diferente*)
(veio|chegou|recebi|enviaram|mandaram|entregaram|vieram) … (errad*|trocad*|outro produto|produto diferente|outra cor|cor diferente|tamanho diferente|outro modelo|modelo diferente)
(não|nao) (é|era|foi|corresponde) (o|a|ao|) (que|produto|mesmo|mesma) (eu|que|) (pedi|comprei|encomendei|comprado|solicitei|comprei|anunciado|da foto|do anúncio)
(diferente) (do|da|de) (que|foto|anúncio|anunciado|pedido|descrição|comprado|solicitado)
(comprei|pedi|encomendei) … (e|mas) (recebi|veio|chegou|enviaram|mandaram|me mandaram) (um|uma|outro|outra|o|a)
(mandaram|enviaram|recebi|veio) … (em vez|no lugar|ao invés) (de|do|da)
(pedido|produto) de (outra pessoa|outro cliente)
""",
        unless="(endereço|número) errad*\n(algo|nada|deu) (de|) errado\n",
    ),
    Rule(
        name="Atrasado: não chegou",
        topic="late",
        language="pt",
        confidence=0.85,
        phrases="""
parcel = pedido*, produto*, encomenda*, caixa*, entrega*, mercadoria*, compra*, pacote*, item, itens, assinatura
(onde|cadê|cade) (está|esta|anda|) … [parcel]
(não|nao|nunca|nem) (me|foi|foram|o|a|) (chegou|chegaram|recebi|recebemos|entregue|entregues|entregaram|chega|enviado|enviaram|veio) (meu|minha|o meu|a minha|o produto|até|ainda|a|nada|no prazo|na data|minha|o|em|)
(ainda|até hoje|até agora|até o momento) (não|nao) (me|foi|) (chegou|recebi|entregue|entregaram|veio|chegaram|enviaram|tive)
(atras*|demora|demorou|demorando|demorado|demorada|demoraram)
(prazo) … (não|esgotou|vencido|venceu|passou|estourou|cumprido|expirou|ultrapassado)
(fora|depois|além|após) (do|o) prazo
(não|nao) … (prazo|cumpriu|cumprido|cumpriram)
(aguardando|esperando|aguardo|no aguardo|espero) (o|a|meu|minha|há|ainda|pelo|pela|a entrega|desde|até|chegar|receber|) … ([parcel]|chegar|dias|entrega)
(estou|continuo|sigo) (no|) (aguardo|aguardando|esperando)
(quando) (chega|vai chegar|chegará|será entregue|vou receber|recebo|chegara)
(deveria|era para|era pra|devia) (ter|) (chegar|chegado|sido entregue|ser entregue|receber)
(rastrear|rastreio|rastreamento|status|localizar) (do|da|o|a|meu|minha|) … [parcel]
(extravio|extraviado|extraviada|extraviou)
(pedido|encomenda|pacote|produto) … perdid*
""",
        unless="""
(não|nao) (veio|chegou|vieram|chegaram) (quebrad*|danificad*|amassad*|violad*|com|como|completo|completa|rasgad*|errado)
(outros|outras|demais) … (atrasaram|atraso|atrasou)
(resposta|reembolso|estorno|dinheiro|devolução) … (não|ainda|aguardo)
(aguardo|aguardando|esperando|recebi) … (resposta|reembolso|estorno|retorno|devolução)
(chegou|entregue|veio) (bem|muito|) (antes|no prazo|dentro do prazo|rápido)
""",
    ),
    Rule(
        name="Cobrança: pagamentos e notas",
        topic="billing",
        language="pt",
        confidence=0.85,
        phrases="""
(cobrad*|cobraram|cobrança|cobranças|cobrou|cobrando|cobrar)
(debitad*|debitaram|débito|estorno|estornar|estornad*|reembolso|reembolsar|reembolsad*)
(nota fiscal|boleto|fatura)
(cartão|pagamento|pix) … (recusad*|negad*|duplicad*|alterar|trocar|atualizar|erro|não passou|clonado)
(alterar|trocar|atualizar|mudar) … (cartão|forma de pagamento|pagamento|dados de pagamento)
(paguei|pago|pagamento) (duas vezes|em dobro|duplicado|a mais)
(devolução do|devolver o|devolvam o|devolvam meu|quero meu|meu) dinheiro
(cupom|desconto|código) … (não funcionou|não foi aplicado|não aplicou|não funciona)
(valor|preço) … (errado|maior|a mais|aumentou|diferente)
""",
    ),
    Rule(
        name="Qualidade: o conteúdo não é bom",
        topic="quality",
        language="pt",
        confidence=0.75,
        phrases="""
(má|péssima|baixa|pouca|pior|ruim|qualidade muito|baixíssima|inferior) qualidade
(qualidade) (é|foi|do produto|muito|bem|) … (ruim|péssima|baixa|inferior|deixa a desejar|horrível|fraca|duvidosa)
(produto|material|tecido|acabamento) (é|muito|de|bem|) … (ruim|inferior|péssim*|frágil|fraco|vagabund*|horrível|fraca)
(defeit*|defeituos*)
(mal acabad*|mal feit*|vencid*|estragad*|mofad*|mofo|rançoso|podre|azed*)
(não|nao) (funciona|funcionou|funcionam|liga|ligou|serve|serviu|presta|conseguiu reconhecer|reconhece|carrega|encaixa|fecha)
(parou de funcionar|com problema|com problemas|deu problema)
(gosto|cheiro|sabor) … (ruim|estranho|forte|horrível|amargo|plástico|químico|azedo)
(alergia|irritação|reação|coceira)
(decepcionad*|decepção|insatisfeit*) (com|pela) (a|o|) (qualidade|produto|sabor)
(não é|nao é|produto não|parece) (original|falso|falsificado|o original|pirata)
""",
        unless="(site|link|página|app|aplicativo|cupom|código|login) … (funciona|funcionou|liga|abre)\n(não|nao) (funciona|funcionou) … (site|link|página|cupom|código)\n",
    ),
    Rule(
        name="Cancelar: encerrar a assinatura ou o pedido",
        topic="cancel",
        language="pt",
        confidence=0.9,
        phrases="""
(cancelar|cancelem|cancele|cancelo|cancelamento|cancelei|cancela|cancelá-lo|cancelá-la)
(cancelado|cancelada) (meu|minha|a minha|o meu)
(encerrar|terminar|finalizar) … (assinatura|conta|contrato|plano)
(não|nao) (quero|desejo) mais (receber|a assinatura|continuar|o produto|assinar)
(excluir|apagar) minha conta
""",
        unless="(cancelamento de ruído|vocês cancelaram|foi cancelado pela|loja cancelou)\n",
    ),
]
