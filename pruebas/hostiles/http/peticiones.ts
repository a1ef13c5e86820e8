import fc from 'fast-check'
import { Ficha } from '../apoyo/aprendido.ts'
import { deEsquema, type Esquema, TEXTOS, texto } from '../apoyo/generar.ts'

type Parametro = Readonly<{ in: string; name: string; required?: boolean; schema: Esquema }>
type Operacion = Readonly<{
  parameters?: readonly Parametro[]
  requestBody?: Readonly<{ content: Readonly<Record<string, Readonly<{ schema: Esquema }>>> }>
}>
export type Documento = Readonly<{ paths: Readonly<Record<string, Readonly<Record<string, Operacion>>>> }>

/** Una petición por enviar: lo aprendido que lleva se resuelve al escribirla. */
export type Plan = Readonly<{ ruta: string; metodo: string; sinCuerpo: boolean; escribir: () => Buffer }>

const METODOS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']
const TIPOS = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=latin1',
  'application/JSON',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'application/problem+json',
  '',
  ';',
  'a/b; '.repeat(60),
]

/** Con quién se firma cada petición; lo aprendido de los demás se le ofrece igual. */
export type Firmas = Readonly<{ buenas: readonly string[]; operador: string; malas: readonly string[] }>

const raro = <T>(comun: fc.Arbitrary<T>, otro: fc.Arbitrary<T>, veces = 20): fc.Arbitrary<T> =>
  fc.oneof({ arbitrary: comun, weight: veces }, { arbitrary: otro, weight: 1 })

/** En una dirección caben todos los textos, escritos con %; y algunos, tal cual. */
const enDireccion = (valor: unknown, crudo: boolean): string => {
  const dicho = typeof valor === 'string' || valor instanceof Ficha ? String(valor) : JSON.stringify(valor)
  if (crudo) return dicho.replace(/[^!-~]/g, '')
  return encodeURIComponent(dicho.toWellFormed())
}

/** Lo que una cabecera admite: ni saltos de línea ni nulos. */
const enCabecera = (valor: unknown): string => {
  const dicho = typeof valor === 'string' || valor instanceof Ficha ? String(valor) : JSON.stringify(valor)
  return dicho.replace(/[^\t -~\x80-\xff]/g, '').slice(0, 2_000)
}

type Cabeceras = Readonly<Record<string, unknown>>

const cabecerasComunes = (firmas: Firmas): fc.Arbitrary<Cabeceras> =>
  fc.record(
    {
      'x-actor': fc.oneof(
        { arbitrary: fc.constantFrom(...firmas.buenas), weight: 12 },
        { arbitrary: fc.constant(firmas.operador), weight: 8 },
        { arbitrary: fc.constantFrom(...firmas.malas), weight: 1 },
        { arbitrary: texto(), weight: 1 },
      ),
      'x-correlation-id': texto(),
      'accept-language': fc.constantFrom('en', 'es', 'es;q=0.1,en;q=0.9', '*', `${'en,'.repeat(400)}es`, ';q=', 'q'.repeat(500)),
      accept: fc.constantFrom('*/*', 'application/json', 'text/html', ''),
      prefer: fc.constantFrom('wait=0', 'wait=1', 'wait="0"', 'wait=-1', 'wait=abc', `${'a,'.repeat(500)}wait=0`),
      traceparent: fc.constantFrom('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', '00-0-0-0', 'ff'.repeat(60)),
      'if-none-match': fc.constantFrom('*', '"a"', 'W/"a"', ',,,'),
      'if-match': fc.constantFrom('*', '"1"'),
      cookie: fc.constantFrom('a=b', '__proto__=1', ';;;;'),
      'x-http-method-override': fc.constantFrom('DELETE', '__proto__'),
      'x-forwarded-for': fc.constantFrom('127.0.0.1', '::1,::1', 'x'.repeat(300)),
      __proto__nada: fc.constant('1'),
      constructor: fc.constant('1'),
    },
    { requiredKeys: [] },
  )

/** Casi siempre una firma; a veces, lo demás que se le ocurra a quien ataca. */
const cabecerasDe = (firmas: Firmas, propias: fc.Arbitrary<Cabeceras>): fc.Arbitrary<Cabeceras> =>
  fc
    .tuple(
      fc.oneof(
        { arbitrary: fc.constant<string | undefined>(undefined), weight: 2 },
        { arbitrary: fc.constant(firmas.operador), weight: 4 },
        { arbitrary: fc.constant(firmas.buenas[0]), weight: 3 },
        { arbitrary: fc.constantFrom(...firmas.buenas), weight: 2 },
      ),
      propias,
      raro(fc.constant({}), cabecerasComunes(firmas), 3),
    )
    .map(([actor, suyas, otras]) => ({ ...(actor !== undefined && { 'x-actor': actor }), ...suyas, ...otras }))

/** JSON estropeado: cortado, repetido, con marcas, con claves del prototipo o anidado sin fin. */
const estropear: readonly ((json: string) => string)[] = [
  (json) => json.slice(0, Math.floor(json.length / 2)),
  (json) => `${json}${json}`,
  (json) => `\ufeff${json}`,
  (json) => json.replace('{', '{"__proto__":{"intruso":1},'),
  (json) => json.replace('{', '{"constructor":{"prototype":{"intruso":1}},'),
  (json) => json.replace('{', '{"itinerarios":1,'),
  (json) => `${'['.repeat(5_000)}${json}`,
  () => `{"x":${'['.repeat(30)}${']'.repeat(30)}}`,
  (json) => json.replaceAll('"', "'"),
  (json) => json.replace(/:/g, ':\\ud800'),
  () => '{"id_oferta":"\\ud800\\u0000"}',
  () => `{"pasajeros":[${'{},'.repeat(1_200)}{}]}`,
  () => '1e999999',
  () => `"${'x'.repeat(70_000)}"`,
  () => '',
]

/** Un pedido que cumple su esquema y sus reglas, para que haya de qué aprender. */
const PEDIDO_BUENO = {
  itinerarios: [
    {
      odos: [
        {
          segmentos: [
            {
              legs: [
                {
                  fecha_salida: '2022-11-22T13:10:00Z',
                  fecha_llegada: '2022-11-22T15:10:00Z',
                  origen: { codigo: 'BOG', nombre: null },
                  destino: { codigo: 'JFK' },
                },
              ],
            },
          ],
        },
      ],
    },
  ],
  pasajeros: [{ nombre: 'Ana', apellido: 'Ríos', tipo: 'ADULTO', clase: 'ECONOMICA' }],
}

const compraBuena = (): fc.Arbitrary<object> =>
  fc.nat(10_000).map((cual) => ({
    id_oferta: new Ficha('id_oferta', cual),
    pasajeros: PEDIDO_BUENO.pasajeros,
    contacto: { nombre: 'Ana Ríos', correo: 'ana@example.com', idioma: 'es' },
  }))

const esPedido = ({ properties }: Esquema): boolean => properties?.itinerarios !== undefined

const cuerpoDe = (esquema: Esquema): fc.Arbitrary<string> => {
  const generado = deEsquema(esquema)
  const valor = esPedido(esquema)
    ? fc.oneof(
        { arbitrary: generado, weight: 6 },
        { arbitrary: fc.constant<unknown>(PEDIDO_BUENO), weight: 2 },
        { arbitrary: compraBuena(), weight: 1 },
      )
    : generado
  return raro(
    valor.map((uno) => JSON.stringify(uno) ?? ''),
    fc.tuple(valor, fc.constantFrom(...estropear)).map(([uno, mal]) => mal(JSON.stringify(uno) ?? '')),
    12,
  )
}

/** Los que la búsqueda necesita aunque su esquema no lo diga: lo dice su respuesta. */
const HACEN_FALTA = new Set(['origen', 'destino', 'fecha'])

/** Los de un lugar (consulta, cabeceras): los que hacen falta solos, con otros, o ni siquiera todos ellos. */
const porNombre = (parametros: readonly Parametro[], donde: string): fc.Arbitrary<Cabeceras> => {
  const suyos = parametros.filter((uno) => uno.in === donde)
  const campos = Object.fromEntries(suyos.map(({ name, schema }) => [name, deEsquema(schema, name)]))
  const hacenFalta = suyos.filter(({ name, required }) => required === true || HACEN_FALTA.has(name)).map(({ name }) => name)
  const solos = Object.fromEntries(Object.entries(campos).filter(([nombre]) => hacenFalta.includes(nombre)))
  return fc.oneof(
    { arbitrary: fc.record(campos, { requiredKeys: hacenFalta }), weight: 10 },
    { arbitrary: fc.record(solos), weight: 5 },
    { arbitrary: fc.record(campos, { requiredKeys: [] }), weight: 1 },
  )
}

/** Con los de siempre, a veces repetidos, y a veces otros. */
const consultaDe = (parametros: readonly Parametro[]): fc.Arbitrary<string> =>
  fc
    .tuple(
      porNombre(parametros, 'query'),
      raro(
        fc.constant<string[]>([]),
        fc.array(fc.constantFrom(...TEXTOS, 'a[b]=c', 'a[]=1', '__proto__[x]=1', 'constructor.prototype.x=1'), { maxLength: 3 }),
        8,
      ),
      raro(fc.constant(1), fc.constantFrom(2, 50), 15),
      raro(fc.constant(false), fc.constant(true), 15),
    )
    .map(([valores, sueltos, veces, crudo]) => {
      const dichos = Object.entries(valores).map(([nombre, valor]) => `${nombre}=${enDireccion(valor, crudo)}`)
      return [...Array.from({ length: veces }, () => dichos).flat(), ...sueltos.map((uno) => enDireccion(uno, true))].join('&')
    })

/** Los planes de una operación. */
export const planesDe = (ruta: string, metodo: string, operacion: Operacion, firmas: Firmas): fc.Arbitrary<Plan> => {
  const { parameters = [], requestBody } = operacion
  const esquema = requestBody?.content['application/json']?.schema
  if (requestBody !== undefined && esquema === undefined) throw new Error(`${metodo} ${ruta} admite un cuerpo que no es JSON`)
  const camino = parameters.filter((uno) => uno.in === 'path')
  const declarados = [...ruta.matchAll(/\{([^}]+)\}/g)].map(([, nombre]) => nombre)
  if (declarados.some((nombre) => !camino.some(({ name }) => name === nombre))) throw new Error(`${ruta} no declara todo su camino`)
  return fc
    .record({
      camino: fc.record(Object.fromEntries(camino.map(({ name, schema }) => [name, deEsquema(schema, name)]))),
      crudo: raro(fc.constant(false), fc.constant(true), 30),
      cola: raro(fc.constant(''), fc.constantFrom('/', '//', '/.', '/..', '%2f', ';x=1', '#a', '?', '\\'), 60),
      consulta: consultaDe(parameters),
      metodo: raro(fc.constant(metodo), fc.constantFrom(...METODOS), 25),
      cabeceras: cabecerasDe(firmas, porNombre(parameters, 'header')),
      tipo: raro(fc.constant('application/json'), fc.constantFrom(...TIPOS), 25),
      cuerpo: esquema === undefined ? raro(fc.constant<string | undefined>(undefined), texto(), 30) : cuerpoDe(esquema),
    })
    .map((p) => ({ ruta: `${metodo} ${ruta}`, metodo: p.metodo, sinCuerpo: p.metodo === 'HEAD', escribir: () => escribir(ruta, p) }))
}

type Partes = Readonly<{
  camino: Cabeceras
  crudo: boolean
  cola: string
  consulta: string
  metodo: string
  cabeceras: Cabeceras
  tipo: string
  cuerpo: string | undefined
}>

const escribir = (ruta: string, { camino, crudo, cola, consulta, metodo, cabeceras, tipo, cuerpo }: Partes): Buffer => {
  const direccion = ruta.replace(/\{([^}]+)\}/g, (_, nombre: string) => enDireccion(camino[nombre], crudo)) + cola
  const bytes = cuerpo === undefined ? undefined : Buffer.from(cuerpo)
  const lineas = [
    `${metodo} ${direccion}${consulta === '' ? '' : `?${consulta}`} HTTP/1.1`,
    'host: hostil',
    ...Object.entries(cabeceras).map(([nombre, valor]) => `${nombre}: ${enCabecera(valor)}`),
    ...(bytes === undefined ? [] : [`content-type: ${tipo}`, `content-length: ${bytes.length}`]),
  ]
  const cabeza = Buffer.from(`${lineas.join('\r\n')}\r\n\r\n`, 'latin1')
  return bytes === undefined ? cabeza : Buffer.concat([cabeza, bytes])
}

/** Los de todas las operaciones del documento, en partes iguales. Lanza si a alguna no se le sabe generar. */
export const planesDelDocumento = (
  { paths }: Documento,
  firmas: Firmas,
): Readonly<{ rutas: readonly string[]; planes: fc.Arbitrary<Plan> }> => {
  const todas = Object.entries(paths).flatMap(([ruta, metodos]) =>
    Object.entries(metodos).map(([metodo, operacion]) => ({ ruta, metodo: metodo.toUpperCase(), operacion })),
  )
  return {
    rutas: todas.map(({ ruta, metodo }) => `${metodo} ${ruta}`),
    planes: fc.oneof(...todas.map(({ ruta, metodo, operacion }) => planesDe(ruta, metodo, operacion, firmas))),
  }
}
