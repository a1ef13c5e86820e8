import type { Type } from 'avsc'
import type { Mensaje, MensajeRecibido } from '../broker/puerto.ts'
import { comprobarAcotado, LIMITES } from './acotado.ts'
import type { EsquemaRecord } from './esquema_avro.ts'
import { campoDeTipo, compilarTipo, esquemaDelTopico, esquemaDelTutorial, nombreDeEsquema, type Tipos } from './esquema_topico.ts'
import { MensajeIndescifrable } from './indescifrable.ts'
import { invariante } from './invariante.ts'
import { type EsquemasConocidos, lectorDe } from './lectura.ts'
import type { DatosDe, RegistroCualquiera } from './registro.ts'
import {
  type Atributos,
  atributosDe,
  exigirEspejo,
  propiedadesDe,
  type Sobre,
  type SobreLeido,
  TIPO_DE_CONTENIDO,
  VERSION_CLOUDEVENTS,
} from './sobre.ts'

export type { Atributos } from './sobre.ts'

type Propio<C> = C extends RegistroCualquiera ? DatosDe<C> : null

/** Lo que llega: una unión que `tipo` distingue. `cuerpo` es lo propio del tipo, o null si todo está en `data`. */
export type Leido<D, T> = {
  [K in keyof T & string]: Readonly<{ tipo: K; data: DatosDe<D>; cuerpo: Propio<T[K]>; atributos: Atributos }>
}[keyof T & string]

type CuerpoAEscribir<C> = C extends RegistroCualquiera ? Readonly<{ cuerpo: DatosDe<C> }> : Readonly<{ cuerpo?: null }>

/** Lo que sale: como lo que llega, pero sin `cuerpo` donde no lo hay. */
export type AEscribir<D, T> = {
  [K in keyof T & string]: Readonly<{ tipo: K; data: DatosDe<D>; atributos: Atributos }> & CuerpoAEscribir<T[K]>
}[keyof T & string]

/** Lo que de un tópico se sabe sin conocer sus tipos: para registrar su esquema y para los documentos. */
export type TopicoDeclarado = Readonly<{
  nombre: string
  record: string
  version: number
  fuente: string
  tipos: Tipos
  /** El JSON de `avro/<nombre>.avsc`. */
  esquema: EsquemaRecord
  dataschema: string
}>

export type Topico<D, T> = TopicoDeclarado &
  Readonly<{
    /** Los bytes, propiedades y llave de un mensaje. El sobre repite las propiedades; lo que nadie podría leer no se escribe. */
    escribir: (mensaje: AEscribir<D, T>) => Mensaje
    /** El mensaje, con la forma de este esquema aunque se escribiera con otro. Lanza `MensajeIndescifrable`, y nada más que eso. */
    leer: (mensaje: MensajeRecibido, esquemas: EsquemasConocidos) => Leido<D, T>
  }>

/** Lo que se lee de un tópico: `MensajeDe<typeof eventosReserva>`. */
export type MensajeDe<P> = P extends Topico<infer D, infer T> ? Leido<D, T> : never

type Declaracion<D, T> = Readonly<{
  nombre: string
  record: string
  version: number
  /** Quién publica: `source` y `service_name`. */
  fuente: string
  data: D
  tipos: T
  /** De qué guarda el orden este tópico. Se llama al escribir. */
  llave: (mensaje: Leido<D, T>) => string | null
}>

type Valor = Readonly<{ data: unknown } & SobreLeido & { [propio: string]: unknown }>
/** Un mensaje cualquiera, por dentro del tópico: los tipos de fuera son los que lo precisan. */
type Suelto = Readonly<{ tipo: string; data: unknown; cuerpo?: unknown; atributos: Atributos }>

const borrador = Buffer.allocUnsafeSlow(LIMITES.bytes)

const rechazar = (es: string, en: string): never => {
  throw new MensajeIndescifrable({ es, en })
}

/** Codifica de una pasada sobre un borrador común y copia lo justo. */
const codificar = (tipo: Type, esquema: EsquemaRecord, valor: object): Buffer => {
  const fin = tipo.encode(valor, borrador)
  if (fin < 0) rechazar('es demasiado grande', 'it is too large')
  const bytes = Buffer.from(borrador.subarray(0, fin))
  comprobarAcotado(esquema, bytes)
  return bytes
}

const sobreDe = (tipo: string, fuente: string, { id, instante }: Atributos): Sobre => ({
  id,
  time: instante,
  ingestion: instante,
  specversion: VERSION_CLOUDEVENTS,
  type: tipo,
  datacontenttype: TIPO_DE_CONTENIDO,
  service_name: fuente,
})

/** El campo del record en que va lo propio de cada tipo; null si no tiene nada propio. */
type Campos = ReadonlyMap<string, string | null>
const camposDe = (tipos: Tipos): Campos => new Map(Object.entries(tipos).map(([tipo, propio]) => [tipo, propio && campoDeTipo(tipo)]))

/** El tipo y lo propio de él. `data` y el registro propio del tipo son obligatorios, aunque en Avro puedan ser null. */
const interpretar = (valor: Valor, tipo: string, campos: Campos): Omit<Suelto, 'atributos'> => {
  const campo = campos.get(tipo)
  if (campo === undefined) return rechazar(`nadie declaró el tipo «${tipo}»`, `nobody declared the type "${tipo}"`)
  if (valor.data === null) rechazar('no trae datos', 'it carries no data')
  if (campo === null) return { tipo, data: valor.data, cuerpo: null }
  return {
    tipo,
    data: valor.data,
    cuerpo: valor[campo] ?? rechazar(`no trae lo propio de «${tipo}»`, `it lacks what belongs to "${tipo}"`),
  }
}

type Interior = Readonly<{ declarado: TopicoDeclarado; campos: Campos; tipoAvro: Type; llave: (mensaje: Suelto) => string | null }>

const escritorDe =
  ({ declarado, campos, tipoAvro, llave }: Interior) =>
  ({ tipo, data, cuerpo = null, atributos }: Suelto): Mensaje => {
    const sobre = sobreDe(tipo, declarado.fuente, atributos)
    const propiedades = propiedadesDe({ tipo, fuente: declarado.fuente, dataschema: declarado.dataschema }, atributos)
    exigirEspejo(sobre, propiedades)
    const valor: Record<string, unknown> = { data, ...sobre }
    const campo = campos.get(tipo)
    if (campo === undefined) invariante(`«${declarado.nombre}» no declara «${tipo}»`)
    if (campo) valor[campo] = cuerpo
    const datos = codificar(tipoAvro, declarado.esquema, valor)
    return { topico: declarado.nombre, id: atributos.id, llave: llave({ tipo, data, cuerpo, atributos }), datos, propiedades }
  }

const leedorDe = ({ declarado, campos, tipoAvro }: Interior, tutorial: EsquemaRecord) => {
  const decodificar = lectorDe({
    topico: declarado.nombre,
    dataschema: declarado.dataschema,
    esquema: declarado.esquema,
    tipo: tipoAvro,
    tutorial,
  })
  const primerTipo = Object.keys(declarado.tipos)[0] ?? invariante(`«${declarado.nombre}» no declara ningún tipo`)
  return (mensaje: MensajeRecibido, esquemas: EsquemasConocidos): Suelto => {
    const valor = decodificar(mensaje, esquemas) as Valor
    const tipo = mensaje.propiedades.type ?? valor.type ?? primerTipo
    return { ...interpretar(valor, tipo, campos), atributos: atributosDe(mensaje, valor) }
  }
}

const declarar = ({
  nombre,
  record,
  version,
  fuente,
  data,
  tipos,
}: Omit<Declaracion<RegistroCualquiera, Tipos>, 'llave'>): TopicoDeclarado => {
  const esquema = esquemaDelTopico({ record, data, tipos })
  return { nombre, record, version, fuente, tipos, esquema, dataschema: nombreDeEsquema({ fuente, nombre, version, esquema }) }
}

/** Declara un tópico: de aquí salen su esquema Avro, el tipo de sus mensajes, su llave y cómo se escriben y se leen. */
export const topico = <D extends RegistroCualquiera, const T extends Tipos>(declaracion: Declaracion<D, T>): Topico<D, T> => {
  const declarado = declarar(declaracion)
  const tipoAvro = compilarTipo(declarado.esquema)
  const interior: Interior = { declarado, tipoAvro, campos: camposDe(declaracion.tipos), llave: declaracion.llave as Interior['llave'] }
  const leer = leedorDe(interior, esquemaDelTutorial(declaracion))
  return { ...declarado, escribir: escritorDe(interior), leer: leer as Topico<D, T>['leer'] }
}
