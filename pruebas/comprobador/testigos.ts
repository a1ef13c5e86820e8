import type { Falta, Historia, Mensaje, Trama } from './historia.ts'
import { agrupar, deTopico, EVENTOS, falta, MATABLE, OPERACIONES, repetidos } from './leyes.ts'

/** Lo que se vio desde fuera: los correos, las páginas abiertas y lo que se fue leyendo. */
export const leyesDeAfuera = (historia: Historia): readonly Falta[] => [
  ...correosUnaVez(historia),
  ...(historia.paginas ?? []).flatMap((pagina, i) => [
    ...paginaJusta(historia, pagina, `la página ${i + 1}`),
    ...desenlacesJustos(historia, pagina, `la página ${i + 1}`),
  ]),
  ...nadaAntesDeTiempo(historia),
]

const TERMINADOS = new Set<unknown>(['enviado', 'ambiguo', 'sin_correo'])

/** L2: de cada evento hay un correo con final, y a lo sumo uno llegó al servidor. L8: ninguno habla de lo que no quedó. */
const correosUnaVez = (historia: Historia): readonly Falta[] => {
  const { buzon, correos } = historia
  if (buzon === undefined || correos === undefined) return []
  const estados = new Map(correos.map(({ id_evento, estado }) => [String(id_evento), estado]))
  const eventos = new Set(deTopico(historia, EVENTOS).map(({ id }) => id))
  const apartados = new Set(deTopico(historia, MATABLE).map(({ id }) => id))
  const llegaron = new Set(buzon)
  const [perdido, inexplicado] = [falta('L2', 'perdido'), falta('L2', 'inexplicado')]
  return [
    ...repetidos(buzon).map((id) => falta('L2', 'duplicado')(`el correo de ${id} salió dos veces`)),
    ...[...llegaron].filter((id) => !eventos.has(id)).map((id) => falta('L8', 'inexplicado')(`salió un correo de ${id}, que no ocurrió`)),
    ...[...eventos]
      .filter((id) => !TERMINADOS.has(estados.get(id)) && !apartados.has(id))
      .map((id) => perdido(`el correo de ${id} no terminó: ${estados.get(id)}`)),
    ...[...estados.keys()].filter((id) => !eventos.has(id)).map((id) => inexplicado(`hay un correo de ${id}, que no ocurrió`)),
    ...[...estados]
      .filter(([id, estado]) => estado === 'enviado' && !llegaron.has(id))
      .map(([id]) => perdido(`el correo de ${id} nunca llegó`)),
    ...[...estados]
      .filter(([id, estado]) => estado === 'sin_correo' && llegaron.has(id))
      .map(([id]) => inexplicado(`${id} no tenía correo y llegó`)),
  ]
}

const cualEs = (reserva: unknown, evento: unknown): string => `${reserva} ${evento}`

/** L7: cada página mostró cada evento una vez. L3: los de una reserva, en su orden. L8: ninguno que no ocurriera. */
const paginaJusta = (historia: Historia, pagina: readonly Trama[], quien: string): readonly Falta[] => {
  const mostradas = pagina.filter(({ evento }) => evento !== undefined)
  const mostrados = mostradas.map(({ reserva, evento }) => cualEs(reserva, evento))
  const ocurridos = deTopico(historia, EVENTOS).map(({ llave, tipo }) => cualEs(llave, tipo))
  const [vistos, todos] = [new Set(mostrados), new Set(ocurridos)]
  const empezadas = pagina.filter(({ control }) => control === 'inicio').slice(1)
  return [
    ...repetidos(mostrados).map((cual) => falta('L7', 'duplicado')(`${quien} mostró dos veces ${cual}`)),
    ...[...todos].filter((cual) => !vistos.has(cual)).map((cual) => falta('L7', 'perdido')(`${quien} no mostró ${cual}`)),
    ...[...vistos].filter((cual) => !todos.has(cual)).map((cual) => falta('L8', 'inexplicado')(`${quien} mostró ${cual}, que no ocurrió`)),
    ...empezadas
      .filter(({ recuperado }) => recuperado !== true)
      .map(() => falta('L7', 'perdido')(`${quien} volvió sin recuperar lo que faltaba`)),
    ...desordenadas(mostradas, deTopico(historia, EVENTOS)).map((cual) =>
      falta('L3', 'desorden')(`${quien} mostró en otro orden lo de ${cual}`),
    ),
  ]
}

/** L7: cada página mostró una vez en qué terminó cada operación de su sesión, y ninguna de otros. L8: ninguna que no terminara, o no así. */
const desenlacesJustos = (historia: Historia, pagina: readonly Trama[], quien: string): readonly Falta[] => {
  const sesion = pagina.find((trama) => trama.sesion !== undefined)?.sesion
  const terminadas = new Map(deTopico(historia, OPERACIONES).map(({ data }) => [String(data.id_operacion), data]))
  const mostradas = pagina.flatMap(({ operacion, estado }) => (operacion === undefined ? [] : [{ operacion, estado }]))
  const vistas = new Set(mostradas.map(({ operacion }) => operacion))
  const esSuya = (data: Mensaje['data'] | undefined): boolean =>
    sesion !== undefined && (data?.propietario === sesion || data?.actor === `viajero:${sesion}`)
  const suyas = [...terminadas].flatMap(([id, data]) => (esSuya(data) ? [id] : []))
  return [
    ...repetidos(mostradas.map(({ operacion }) => operacion)).map((id) =>
      falta('L7', 'duplicado')(`${quien} mostró dos veces cómo terminó ${id}`),
    ),
    ...suyas.filter((id) => !vistas.has(id)).map((id) => falta('L7', 'perdido')(`${quien} no mostró cómo terminó ${id}`)),
    ...mostradas
      .filter(({ operacion }) => terminadas.has(operacion) && !esSuya(terminadas.get(operacion)))
      .map(({ operacion }) => falta('L7', 'inexplicado')(`${quien} mostró cómo terminó ${operacion}, que es de otro`)),
    ...mostradas
      .filter(({ operacion, estado }) => terminadas.get(operacion)?.estado !== estado)
      .map(({ operacion, estado }) => falta('L8', 'inexplicado')(`${quien} mostró ${operacion} ${estado}, y no terminó así`)),
  ]
}

/** Las reservas cuyos eventos, sin contar los repetidos ni los que faltan, se mostraron en otro orden que el suyo. */
const desordenadas = (mostradas: readonly Trama[], eventos: readonly Mensaje[]): readonly string[] => {
  const ocurrido = agrupar(eventos, ({ llave }) => llave)
  return [...agrupar(mostradas, ({ reserva }) => reserva)].flatMap(([reserva, suyas]) => {
    const debido = (ocurrido.get(reserva) ?? []).map(({ tipo }) => tipo)
    const visto = [...new Set(suyas.map(({ evento }) => String(evento)))].filter((evento) => debido.includes(evento))
    return String(visto) === String(debido.filter((evento) => visto.includes(evento))) ? [] : [String(reserva)]
  })
}

/** L8: lo que alguien leyó mientras tanto es parte de lo que quedó. */
const nadaAntesDeTiempo = (historia: Historia): readonly Falta[] => {
  const estados = agrupar(deTopico(historia, EVENTOS), ({ llave }) => llave)
  const finales = new Map(historia.operaciones.map(({ id, estado }) => [id, estado]))
  const quedo = (que: string, id: string, estado: string): boolean =>
    que === 'operacion'
      ? !['completada', 'fallida'].includes(estado) || finales.get(id) === estado
      : (estados.get(id) ?? []).some(({ data }) => data.estado === estado)
  return (historia.vistos ?? [])
    .filter(({ que, id, estado }) => !quedo(que, id, estado))
    .map(({ que, id, estado }) => falta('L8', 'inexplicado')(`la ${que} ${id} se leyó ${estado} y eso no quedó`))
}
