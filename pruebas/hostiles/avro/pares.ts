import { topicos } from 'aeroalpes-api/sistema.ts'
import type { Type } from 'avsc'
import type { MensajeRecibido } from 'seedwork/infraestructura/broker/puerto.ts'
import { comprobarAcotado } from 'seedwork/infraestructura/mensajes/acotado.ts'
import { lectorDeContrato } from 'seedwork/infraestructura/mensajes/contrato.ts'
import type { EsquemaAvro, EsquemaRecord } from 'seedwork/infraestructura/mensajes/esquema_avro.ts'
import { compilarTipo } from 'seedwork/infraestructura/mensajes/esquema_topico.ts'
import { type EsquemaConocido, lectorDe } from 'seedwork/infraestructura/mensajes/lectura.ts'
import { eventosOperacion, eventosReserva } from '../../../contratos/mensajes.ts'

/** Un lector y un esquema con que alguien pudo escribir lo que lee. */
export type Par = Readonly<{
  nombre: string
  /** El tópico: los del mismo leen los mismos mensajes. */
  topico: string
  escritor: EsquemaRecord
  tipoEscritor: Type
  /** El valor leído, en la forma de `tipo`. Lanza `MensajeIndescifrable`. */
  leer: (datos: Buffer) => unknown
  /** Lo mismo hasta el mensaje entero, con las propiedades que se digan. */
  leerTodo?: (datos: Buffer, propiedades: Readonly<Record<string, string>>) => unknown
  tipo: Type
}>

/** Sin los campos que se anexaron (los que tienen valor por defecto), en todo lo que va por dentro. */
const sinAnexados = (esquema: EsquemaAvro): EsquemaAvro => {
  if (typeof esquema === 'string') return esquema
  if (!('type' in esquema)) return esquema.map(sinAnexados)
  if (esquema.type === 'array') return { ...esquema, items: sinAnexados(esquema.items) }
  if (esquema.type === 'map') return { ...esquema, values: sinAnexados(esquema.values) }
  const fields = esquema.fields.filter(({ default: defecto }) => defecto === undefined)
  return { ...esquema, fields: fields.map((campo) => ({ ...campo, type: sinAnexados(campo.type) })) }
}

/**
 * Todos los que pudo haber antes: un esquema sólo crece por el final, así que son los que quedan al quitarle, de a uno, los campos
 * anexados; cada uno con lo que después se anexó por dentro y sin ello. El último es el record de un campo del tutorial.
 */
export const anteriores = ({ name, fields }: EsquemaRecord): readonly EsquemaRecord[] => {
  const todos = fields.flatMap((_, quitados) => {
    const quedan = fields.slice(0, fields.length - quitados)
    if (fields.slice(quedan.length).some(({ default: defecto }) => defecto === undefined)) return []
    const porDentro = quedan.map((campo) => ({ ...campo, type: sinAnexados(campo.type) }))
    const esteMismo = quitados === 0 ? [] : [{ type: 'record' as const, name, fields: quedan }]
    return [...esteMismo, { type: 'record' as const, name, fields: porDentro }]
  })
  // Donde nada se anexó por dentro, los dos son el mismo.
  const distintos = new Map(todos.map((uno) => [JSON.stringify(uno), uno]))
  distintos.delete(JSON.stringify({ type: 'record', name, fields }))
  return [...distintos.values()]
}

const recibido = (topico: string, datos: Buffer, propiedades: Readonly<Record<string, string>>): MensajeRecibido => ({
  ...{ topico, id: 'id', llave: null, datos, propiedades, posicion: '1', instante: 1_795_419_315_200 },
})

/** Cada tópico que se escribe, y cada contrato que se lee, con su esquema y con todos los anteriores. */
const deTopicos = (): readonly Par[] =>
  topicos.flatMap((topico) => {
    const { nombre, dataschema, esquema } = topico
    const tipo = compilarTipo(esquema)
    const viejos = anteriores(esquema)
    const escritores = new Map<string, EsquemaConocido>(
      [esquema, ...viejos].map((uno, i) => [
        i === 0 ? dataschema : `urn:anterior:${i}`,
        { topico: nombre, esquema: uno, tipo: compilarTipo(uno) },
      ]),
    )
    const conocidos = { porDataschema: (cual: string) => escritores.get(cual) }
    const tutorial = viejos.at(-1) ?? esquema
    const leer = lectorDe({ topico: nombre, dataschema, esquema, tipo, tutorial })
    const contrato = [eventosReserva, eventosOperacion].find((uno) => uno.nombre === nombre)
    const leerContrato = contrato === undefined ? undefined : lectorDeContrato<{ data: unknown }, string>(contrato)
    return [...escritores, ['', { esquema: tutorial, tipo: compilarTipo(tutorial) }] as const].map(([cual, escritor]) => {
      const con: Record<string, string> = cual === '' ? {} : { dataschema: cual }
      return {
        nombre: `${nombre} ${cual}`,
        topico: nombre,
        escritor: escritor.esquema,
        tipoEscritor: escritor.tipo,
        tipo,
        leer: (datos) => leer(recibido(nombre, datos, con), conocidos),
        leerTodo: (datos, propiedades) => {
          leerContrato?.(recibido(nombre, datos, { ...propiedades, ...con }), conocidos)
          return topico.leer(recibido(nombre, datos, { ...propiedades, ...con }), conocidos)
        },
      } satisfies Par
    })
  })

/** Lo que ningún tópico tiene aún y el formato admite: mapas, mapas de mapas y un record que se nombra a sí mismo. */
const CON_MAPAS: EsquemaRecord = {
  type: 'record',
  name: 'Nodo',
  fields: [
    { name: 'mapa', type: { type: 'map', values: ['null', 'string', 'long', 'Nodo'] } },
    { name: 'mapas', type: { type: 'map', values: { type: 'map', values: 'bytes' } } },
    { name: 'nulos', type: { type: 'array', items: 'null' } },
    { name: 'numeros', type: ['null', 'double', { type: 'array', items: 'int' }] },
  ],
}

/** `sinCota`: sin comprobar antes que los bytes están acotados; es el control. */
const deMapas = (sinCota: boolean): Par => {
  const tipo = compilarTipo(CON_MAPAS)
  const leer = (datos: Buffer): unknown => {
    if (!sinCota) comprobarAcotado(CON_MAPAS, datos)
    return tipo.fromBuffer(datos)
  }
  return { nombre: sinCota ? 'mapas sin cota' : 'mapas', topico: 'mapas', escritor: CON_MAPAS, tipoEscritor: tipo, tipo, leer }
}

export const losPares = ({ control }: { control: boolean }): readonly Par[] =>
  control ? [deMapas(true)] : [...deTopicos(), deMapas(false)]
