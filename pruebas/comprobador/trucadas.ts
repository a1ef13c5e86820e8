import type { Archivos, Fila, Intento, Ley, Mensaje, Trama } from './historia.ts'

/** Una historia verdadera con algo cambiado, y las leyes, ésas y ninguna otra, que ya no cumple. */
export type Trucada = Readonly<{ nombre: string; leyes: readonly Ley[]; archivos: Archivos }>

/** De cada cambio, en cuántos lugares distintos de la historia se hace. */
const LUGARES = 4

const repartidos = <T>(cosas: readonly T[]): readonly T[] => {
  const paso = Math.max(1, Math.floor(cosas.length / LUGARES))
  return cosas.filter((_, i) => i % paso === 0).slice(0, LUGARES)
}
const sin = <T>(lista: readonly T[], ...cuales: readonly T[]): readonly T[] => lista.filter((una) => !cuales.includes(una))
const conDoble = <T>(lista: readonly T[], cual: T): readonly T[] => lista.flatMap((una) => (una === cual ? [una, una] : [una]))
const conOtra = <T>(lista: readonly T[], cual: T, otra: T): readonly T[] => lista.map((una) => (una === cual ? otra : una))
const trocadas = <T>(lista: readonly T[], a: T, b: T): readonly T[] => lista.map((una) => (una === a ? b : una === b ? a : una))

type Linea = Archivos['base'][number]
type Cambio<T> = Readonly<{ que: string; leyes: readonly Ley[]; hacer: (lista: readonly T[], cual: T) => readonly T[] }>

const borrada = <T>(...leyes: readonly Ley[]): Cambio<T> => ({ que: 'falta', leyes, hacer: (lista, cual) => sin(lista, cual) })
const doblada = <T>(...leyes: readonly Ley[]): Cambio<T> => ({ que: 'está dos veces', leyes, hacer: conDoble })
const cambiada = <T>(que: string, leyes: readonly Ley[], cambiar: (una: T) => T): Cambio<T> => ({
  que,
  leyes,
  hacer: (lista, cual) => conOtra(lista, cual, cambiar(cual)),
})

/** Cada cambio, en unos cuantos de los que se le dan. `poner` da los archivos con la lista así. */
const enCada = <T>(
  donde: string,
  { cuales, lista, poner }: Readonly<{ cuales: readonly T[]; lista: readonly T[]; poner: (lista: readonly T[]) => Archivos }>,
  cambios: readonly Cambio<T>[],
): readonly Trucada[] =>
  cambios.flatMap(({ que, leyes, hacer }) =>
    repartidos(cuales).map((cual, i) => ({ nombre: `${donde} ${que} (${i + 1})`, leyes, archivos: poner(hacer(lista, cual)) })),
  )

const conFila = (que: string, leyes: readonly Ley[], cambiar: (fila: Fila) => Fila): Cambio<Linea> =>
  cambiada(que, leyes, ({ tabla, fila }) => ({ tabla, fila: cambiar(fila) }))

/** Las filas de cada tabla, una por una. */
const deLaBase = (archivos: Archivos): readonly Trucada[] => {
  const { base } = archivos
  const enTabla = (tabla: string, cambios: readonly Cambio<Linea>[], sirve: (fila: Fila) => boolean = () => true) => {
    const cuales = base.filter((linea) => linea.tabla === tabla && sirve(linea.fila))
    return enCada(`en ${tabla}, una fila`, { cuales, lista: base, poner: (lista) => ({ ...archivos, base: lista }) }, cambios)
  }
  const otroEstado = ({ estado }: Fila): string => (estado === 'PENDIENTE' ? 'APROBADA' : 'PENDIENTE')
  const sinOferta = ({ venta, id_cliente }: Fila): boolean => venta === null && id_cliente === null
  const leidas = new Set(archivos.vistos?.map(({ id }) => id))
  const sinLeer = ({ id }: Fila): boolean => !leidas.has(String(id))
  const finales = new Set(archivos.vistos?.filter(({ estado }) => estado === 'completada' || estado === 'fallida').map(({ id }) => id))
  const terminadaYLeida = ({ id }: Fila): boolean => finales.has(String(id))
  const vendida = ({ vendidos }: Fila): boolean => Number(vendidos) > 0
  return [
    ...enTabla('resumen', [
      ...[borrada<Linea>('L6'), doblada<Linea>('L6')],
      conFila('tiene otro estado', ['L6'], (fila) => ({ ...fila, estado: otroEstado(fila) })),
      conFila('es de otro', ['L6'], (fila) => ({ ...fila, id_cliente: 'otro' })),
    ]),
    ...enTabla('historial', [
      ...[borrada<Linea>('L6'), doblada<Linea>('L6')],
      conFila('se atrasó', ['L6'], (fila) => ({ ...fila, version: Number(fila.version) - 1 })),
    ]),
    ...enTabla(
      'reservas',
      [
        borrada('L6'),
        conFila('tiene otra versión', ['L6'], (fila) => ({ ...fila, version: Number(fila.version) + 1 })),
        conFila('guarda otro pedido', ['L6'], (fila) => ({ ...fila, pasajeros: '[{"nombre":"otro"}]' })),
      ],
      sinOferta,
    ),
    ...enTabla(
      'operaciones',
      [
        borrada('L1'),
        conFila('quedó abierta', ['L1'], (fila) => ({ ...fila, estado: 'en_proceso' })),
        conFila('es de nadie', ['L1'], (fila) => ({ ...fila, id: 'otra' })),
        conFila('dice que ocurrió otra cosa', ['L6'], (fila) => ({ ...fila, eventos: '["Otro"]' })),
      ],
      sinLeer,
    ),
    // Y si alguien había leído cómo terminó, además leyó lo que no quedó.
    ...enTabla(
      'operaciones',
      [conFila('leída quedó abierta', ['L1', 'L8'], (fila) => ({ ...fila, estado: 'en_proceso' }))],
      terminadaYLeida,
    ),
    ...enTabla('inbox', [
      ...[borrada<Linea>('L2'), doblada<Linea>('L2')],
      conFila('es de otro mensaje', ['L2'], (fila) => ({ ...fila, id_mensaje: 'otro' })),
    ]),
    ...enTabla(
      'asientos',
      [
        conFila('vendió de más', ['L5'], (fila) => ({ ...fila, vendidos: Number(fila.vendidos) + 1 })),
        conFila('vendió de menos', ['L5'], (fila) => ({ ...fila, vendidos: Number(fila.vendidos) - 1 })),
      ],
      vendida,
    ),
    ...enTabla('correos', [
      borrada('L2'),
      conFila('no terminó', ['L2'], (fila) => ({ ...fila, estado: 'pendiente' })),
      conFila('es de otro evento', ['L2'], (fila) => ({ ...fila, id_evento: 'otro' })),
    ]),
    ...enTabla(
      'correos',
      [conFila('se dio por enviada', ['L2'], (fila) => ({ ...fila, estado: 'enviado' }))],
      ({ estado }) => estado === 'sin_correo',
    ),
  ]
}

/** Los pedidos y lo que se les respondió. */
const delDiario = (archivos: Archivos): readonly Trucada[] => {
  const { diario } = archivos
  const poner = (lista: readonly Intento[]): Archivos => ({ ...archivos, diario: lista })
  const respuestas = (desenlace: Intento['desenlace']) => diario.filter((linea) => linea.desenlace === desenlace)
  const [primera] = respuestas('ok')
  const ajena = { ...(primera as Intento), id: 'i-ajeno' }
  return [
    ...enCada('en el diario, lo aceptado', { cuales: respuestas('ok'), lista: diario, poner }, [
      { que: 'no lo pidió nadie', leyes: ['L1'], hacer: (lista, { id }) => lista.filter((linea) => linea.id !== id) },
      { que: 'se respondió dos veces, distinto', leyes: ['L1'], hacer: (lista, cual) => [...lista, { ...cual, id_reserva: 'otra' }] },
      cambiada('se negó', ['L1'], (linea) => ({ ...linea, desenlace: 'fallo' })),
      cambiada('nombró otra reserva', ['L1'], (linea) => ({ ...linea, id_reserva: 'otra' })),
      cambiada('nunca se supo, con llave', ['L1'], (linea) => ({ ...linea, desenlace: 'desconocido', llave: true })),
    ]),
    ...enCada('en el diario, lo que se iba a pedir', { cuales: respuestas('pendiente'), lista: diario, poner }, [borrada('L1')]),
    {
      nombre: 'en el diario, algo aceptado no quedó',
      leyes: ['L1'],
      archivos: poner([...diario, { ...ajena, desenlace: 'pendiente' }, { ...ajena, desenlace: 'ok' }]),
    },
  ]
}

const siguientes = <T>(cosas: readonly T[], deQuien: (cosa: T) => unknown): readonly (readonly [T, T])[] =>
  [...Map.groupBy(cosas, deQuien).values()].flatMap((suyas) => (suyas.length > 1 ? [[suyas[0] as T, suyas[1] as T] as const] : []))

const conOtroNombre = (uno: Mensaje): Mensaje => ({ ...uno, id: 'otro' })
const diceOtraCosa = (uno: Mensaje): Mensaje => ({ ...uno, data: { ...uno.data, estado: 'aceptada' } })

/** Los mensajes. */
const deLosTopicos = (archivos: Archivos): readonly Trucada[] => {
  const { topicos } = archivos
  const poner = (lista: readonly Mensaje[]): Archivos => ({ ...archivos, topicos: lista })
  const de = (topico: string) => topicos.filter((mensaje) => mensaje.topico === topico)
  const [eventos, comandos, anuncios] = [de('eventos-reserva'), de('comandos-reserva'), de('eventos-operacion')]
  const escritos = new Set(archivos.buzon?.map(({ evento }) => evento))
  const mostrados = new Set(archivos.paginas.flatMap((pagina) => pagina.map(({ operacion }) => operacion)))
  const [callados, vistosEnPagina] = [false, true].map((visto) =>
    anuncios.filter(({ data }) => mostrados.has(String(data.id_operacion)) === visto),
  ) as [Mensaje[], Mensaje[]]
  const deSaga = comandos.filter(({ causa, correlacion }) => causa !== correlacion)
  const apartado = ({ id }: Mensaje) => [...topicos, { ...(topicos[0] as Mensaje), id, topico: 'algo-DLQ' }]
  return [
    ...repartidos(siguientes(eventos, ({ llave }) => llave)).map(([uno, otro], i) => ({
      nombre: `en los tópicos, dos eventos de una reserva se trocaron (${i + 1})`,
      leyes: ['L3'] as const,
      archivos: { ...poner(trocadas(topicos, uno, otro)), paginas: archivos.paginas.map((pagina) => trocarEn(pagina, uno, otro)) },
    })),
    ...enCada('en los tópicos, un anuncio', { cuales: callados, lista: topicos, poner }, [
      borrada('L1'),
      doblada('L2', 'L1'),
      cambiada('dice otra cosa', ['L1'], diceOtraCosa),
    ]),
    // Y si una página lo mostró, además mostró lo que no quedó.
    ...enCada('en los tópicos, un anuncio mostrado', { cuales: vistosEnPagina, lista: topicos, poner }, [
      borrada('L1', 'L8'),
      cambiada('dice otra cosa', ['L1', 'L8'], diceOtraCosa),
    ]),
    ...enCada('en los tópicos, un comando', { cuales: comandos, lista: topicos, poner }, [
      { que: 'se apartó', leyes: ['L2'], hacer: (_, cual) => apartado(cual) },
      cambiada('es de otro pedido', ['L1'], (uno) =>
        uno.causa === uno.correlacion ? { ...uno, correlacion: 'x', causa: 'x' } : { ...uno, correlacion: 'x', causa: 'x' },
      ),
    ]),
    ...enCada('en los tópicos, un comando de la saga', { cuales: deSaga, lista: topicos, poner }, [doblada('L2')]),
    ...enCada('en los tópicos, un evento', { cuales: eventos.filter(({ id }) => !escritos.has(id)), lista: topicos, poner }, [
      cambiada('cambió de nombre', ['L2'], conOtroNombre),
    ]),
    // Y si se le escribió a alguien, además se le escribió de lo que no ocurrió.
    ...enCada('en los tópicos, un evento con correo', { cuales: eventos.filter(({ id }) => escritos.has(id)), lista: topicos, poner }, [
      cambiada('cambió de nombre', ['L2', 'L8'], conOtroNombre),
    ]),
  ]
}

const esDe =
  ({ llave, tipo }: Mensaje) =>
  ({ reserva, evento }: Trama): boolean =>
    reserva === llave && evento === tipo

const trocarEn = (pagina: readonly Trama[], uno: Mensaje, otro: Mensaje): readonly Trama[] => {
  const [a, b] = [pagina.find(esDe(uno)), pagina.find(esDe(otro))]
  return a === undefined || b === undefined ? pagina : trocadas(pagina, a, b)
}

const SIN_RECUPERAR: Trama = { control: 'inicio', recuperado: false }

/** Lo que mostró una de las páginas abiertas; las demás mostraron lo suyo, bien. */
const deUnaPagina = (archivos: Archivos, cual: number): readonly Trucada[] => {
  const { paginas, topicos } = archivos
  const pagina = paginas[cual] ?? []
  const donde = `en la página ${cual + 1}`
  const poner = (lista: readonly Trama[]): Archivos => ({ ...archivos, paginas: paginas.with(cual, lista) })
  const eventos = pagina.filter(({ evento }) => evento !== undefined)
  const desenlaces = pagina.filter(({ operacion }) => operacion !== undefined)
  const suyos = new Set(desenlaces.map(({ operacion }) => operacion))
  const ajenos = topicos.filter(({ topico, data }) => topico === 'eventos-operacion' && !suyos.has(String(data.id_operacion)))
  return [
    ...enCada(`${donde}, un evento`, { cuales: eventos, lista: pagina, poner }, [
      ...[borrada<Trama>('L7'), doblada<Trama>('L7')],
      { que: 'nunca ocurrió', leyes: ['L8'], hacer: (lista, evento) => [...lista, { ...evento, reserva: `no-${evento.reserva}` }] },
      {
        que: 'se saltó al volver',
        leyes: ['L7'],
        hacer: (lista, evento) => lista.flatMap((una) => (una === evento ? [una, SIN_RECUPERAR] : [una])),
      },
    ]),
    ...enCada(`${donde}, un desenlace`, { cuales: desenlaces, lista: pagina, poner }, [
      ...[borrada<Trama>('L7'), doblada<Trama>('L7')],
      { que: 'nunca ocurrió', leyes: ['L8'], hacer: (lista, uno) => [...lista, { ...uno, operacion: `no-${uno.operacion}` }] },
      cambiada('dice otra cosa', ['L8'], (uno) => ({ ...uno, estado: uno.estado === 'fallida' ? 'completada' : 'fallida' })),
    ]),
    ...repartidos(ajenos).map(({ data }, i) => ({
      nombre: `${donde}, un desenlace es de otro (${i + 1})`,
      leyes: ['L7'] as const,
      archivos: poner([...pagina, { operacion: String(data.id_operacion), estado: String(data.estado) }]),
    })),
    ...repartidos(siguientes(eventos, ({ reserva }) => reserva)).map(([uno, otro], i) => ({
      nombre: `${donde}, dos eventos de una reserva se trocaron (${i + 1})`,
      leyes: ['L3'] as const,
      archivos: poner(trocadas(pagina, uno, otro)),
    })),
  ]
}

/** Lo que se vio desde fuera. */
const deAfuera = (archivos: Archivos): readonly Trucada[] => {
  const { buzon = [], vistos = [] } = archivos
  const enviados = new Set(archivos.base.filter(({ fila }) => fila.estado === 'enviado').map(({ fila }) => fila.id_evento))
  const ciertos = buzon.filter(({ evento }) => enviados.has(evento))
  return [
    ...enCada('un correo', { cuales: ciertos, lista: buzon, poner: (lista) => ({ ...archivos, buzon: lista }) }, [
      ...[borrada<{ evento: string }>('L2'), doblada<{ evento: string }>('L2')],
      { que: 'habla de lo que no ocurrió', leyes: ['L8'], hacer: (lista, { evento }) => [...lista, { evento: `no-${evento}` }] },
    ]),
    ...archivos.paginas.flatMap((_, cual) => deUnaPagina(archivos, cual)),
    ...enCada('algo leído', { cuales: vistos, lista: vistos, poner: (lista) => ({ ...archivos, vistos: lista }) }, [
      cambiada('no quedó', ['L8'], (visto) => ({ ...visto, id: 'ninguna', estado: visto.que === 'reserva' ? 'PAGADA' : 'completada' })),
    ]),
  ]
}

/** Todas las que se hacen de una historia. */
export const trucadasDe = (archivos: Archivos): readonly Trucada[] => [
  ...delDiario(archivos),
  ...deLosTopicos(archivos),
  ...deLaBase(archivos),
  ...deAfuera(archivos),
]
